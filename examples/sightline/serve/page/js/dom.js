// Elements without markup: whatever comes from a capture becomes text.

import { visible } from './text.js';

const svgNamespace = 'http://www.w3.org/2000/svg';

/**
 * Makes an element. Keys of props that begin with "on" are listeners, "text" is
 * its text (escaped for reading), all others are attributes; false and null
 * leave one out.
 * @param {string} tag
 * @param {Object<string, any>} [props]
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function el(tag, props = {}, ...children) {
  return fill(document.createElement(tag), props, children);
}

/** Makes an element of SVG, as el does. */
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

/** Sets the text of an element, escaped for reading, if it changed. */
export function setText(node, text) {
  const shown = visible(text);
  if (node.textContent !== shown) node.textContent = shown;
}

/** Tells the reader of a screen what happened. */
export function announce(text) {
  setText(byId('announce'), text);
}

/** Calls fn once the events that come together are over. */
export function debounced(ms, fn) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(fn, ms);
  };
}
