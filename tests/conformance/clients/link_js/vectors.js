// SPDX-License-Identifier: Apache-2.0
// Reads the published vectors and says on stdout, as JSON, what each means to this client.
// usage: node vectors.js <folder docs/bindings>
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { readFrame, writeFrame, readHeader, writeHeader } = require('./codec');
const { Messages } = require('./messages');

const folder = process.argv[2];
const load = (name) => JSON.parse(fs.readFileSync(path.join(folder, 'vectors', name), 'utf8'));
const form = (value) => JSON.parse(JSON.stringify(value, function bytes(key, one) {
  return Buffer.isBuffer(this[key]) ? this[key].toString('base64') : one;
}));
const attempt = (ask) => {
  try {
    return { means: form(ask()) };
  } catch (fault) {
    return { code: fault.code, words: fault.message };
  }
};
const hex = (one) => Buffer.from(one.hex, 'hex');
const frames = load('frames.json');
const messages = load('messages.json');
const schema = new Messages(path.join(folder, 'link.cddl'));
const frame = (one) => attempt(() => readFrame(hex(one)));
const again = (one) => {
  const read = readFrame(hex(one));
  return form(readFrame(writeFrame(read.frame, read)));
};
const header = (one) => {
  const read = attempt(() => readHeader(hex(one)));
  const { deadline } = read.means;
  for (const name of ['by', 'lease']) if (read.means[name] === null) delete read.means[name];
  if (deadline !== null) read.means.deadline = new Date(deadline).toISOString().replace(/(\.\d{3})Z$/, '$1000Z');
  return read;
};
console.log(JSON.stringify({
  frames: frames.frames.map(frame),
  frames_again: frames.frames.map(again),
  headers: frames.headers.map(header),
  headers_again: frames.headers.map((one) => form(readHeader(writeHeader(readHeader(hex(one)))))),
  ignored: frames.ignored.map(frame),
  refused: frames.refused.map(frame),
  messages: messages.vectors.map((one) => attempt(() => schema.read(one.number, hex(one)))),
}));
