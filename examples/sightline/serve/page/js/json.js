// Reads a large JSON object piece by piece.

const firstPiece = 64 << 10; // bytes to decode at a time
const piece = 1 << 20;

/** A text that is decoded as it is read. i is the read position. */
class Source {
  /** @param {Blob} blob */
  constructor(blob) {
    this.blob = blob;
    this.at = 0;
    this.decoder = new TextDecoder();
    this.text = '';
    this.i = 0;
  }

  /** Decodes more, at least as much as the unread text. */
  async more() {
    if (this.at >= this.blob.size) throw new SyntaxError('the response is truncated');
    const size = this.at === 0 ? firstPiece : Math.max(piece, this.text.length - this.i);
    const bytes = await this.blob.slice(this.at, this.at + size).arrayBuffer();
    this.at += size;
    this.text = this.text.slice(this.i) + this.decoder.decode(bytes, { stream: this.at < this.blob.size });
    this.i = 0;
  }
}

/**
 * Calls take with each member of a JSON object, and with each element of a member
 * that is an array. It awaits promises that take returns; false ends reading.
 * @param {Blob} blob
 * @param {(name: string, value: any) => Promise<boolean>|boolean} take
 */
export async function readMembers(blob, take) {
  const source = new Source(blob);
  for (const member of members(source)) {
    if (member === null) {
      await source.more();
      continue;
    }
    const more = take(...member);
    if ((more instanceof Promise ? await more : more) === false) return;
  }
}

// Yields names and values, and null when it needs more text.
function* members(source) {
  yield* expect(source, '{');
  while ((yield* peek(source)) !== '}') {
    const name = yield* value(source);
    yield* expect(source, ':');
    if ((yield* peek(source)) === '[') {
      source.i++;
      while ((yield* peek(source)) !== ']') {
        yield [name, yield* value(source)];
        yield* separator(source, ']');
      }
      source.i++;
    } else {
      yield [name, yield* value(source)];
    }
    yield* separator(source, '}');
  }
}

function* peek(source) {
  for (;;) {
    while (source.text.charCodeAt(source.i) <= 32) source.i++;
    if (source.i < source.text.length) return source.text[source.i];
    yield null;
  }
}

function* expect(source, mark) {
  if ((yield* peek(source)) !== mark) throw new SyntaxError(`missing ${mark}`);
  source.i++;
}

function* separator(source, last) {
  const mark = yield* peek(source);
  if (mark === ',') source.i++;
  else if (mark !== last) throw new SyntaxError(`missing , or ${last}`);
}

function* value(source) {
  yield* peek(source);
  for (;;) {
    const after = end(source.text, source.i);
    if (after >= 0) {
      const parsed = JSON.parse(source.text.slice(source.i, after));
      source.i = after;
      return parsed;
    }
    yield null;
  }
}

// Returns the index after the value at i, or -1 if the value does not end in the
// text. JSON.parse checks that it is valid.
function end(text, i) {
  let depth = 0;
  for (; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case 34: // "
        i = endOfString(text, i);
        if (i < 0 || depth === 0) return i;
        i--;
        break;
      case 91: case 123: // [ {
        depth++;
        break;
      case 93: case 125: // ] }
        if (depth === 0) return i;
        if (--depth === 0) return i + 1;
        break;
      case 44: case 58: // , :
        if (depth === 0) return i;
        break;
    }
  }
  return -1;
}

function endOfString(text, i) {
  for (;;) {
    i = text.indexOf('"', i + 1);
    if (i < 0) return -1;
    let slashes = 0;
    while (text[i - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return i + 1;
  }
}
