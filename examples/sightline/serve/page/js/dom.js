// Creates elements without parsing markup, so that text from captures stays text.

import { visible } from './text.js';

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * Creates an element. Keys of props that start with "on" are listeners, "text" is
 * its text (with invisible characters escaped), and the others are attributes, which
 * false and null omit.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Creates an SVG element, as el does. */
export function svg(tag, props = {}, ...children) {
  return fill(document.createElementNS(svgNamespace, tag), props, children);
}

function fill(node, props, children) {
  for (const [key, value] of Object.entries(props)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else if (key === 'text') node.textContent = visible(value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children) {
    if (child) node.append(typeof child === 'string' ? visible(child) : child);
  }
  return node;
}

/** @param {string} id */
export function byId(id) {
  return document.getElementById(id);
}

/** Sets the text of an element, with invisible characters escaped, if it changed. */
export function setText(node, text) {
  const shown = visible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

/** Announces a text to screen readers. */
export function announce(text) {
  setText(byId('announce'), text);
}

/** Returns a function that calls fn once no call has followed for ms. */
export function debounced(ms, fn) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(fn, ms);
  };
}
