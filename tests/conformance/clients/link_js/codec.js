// SPDX-License-Identifier: Apache-2.0
// Frames and headers of the 63110 link, by docs/bindings/link.md 2 and 6.
'use strict';
const cbor = require('cbor');

class Fault extends Error {
  constructor(code, words) { super(words); this.code = code; }
}
const need = (holds, words) => { if (!holds) throw new Fault(1, words); }; // MALFORMED
const encode = (value) => cbor.encodeOne(value, { highWaterMark: 1 << 24 });
const decode = (bytes) => cbor.decodeFirstSync(bytes, { preventDuplicateKeys: true, max_depth: 16 });
const entries = (map) => (map instanceof Map ? [...map] : Object.entries(map)); // the library: objects, if all keys are text
const isMap = (value) => value instanceof Map || value?.constructor === Object;
const isNumber = (value) => Number.isSafeInteger(value) && value >= 0;

function plain(value) { // no tag, no float, no number beyond
  if (Array.isArray(value)) return value.every(plain);
  if (isMap(value)) return entries(value).flat().every(plain);
  return Number.isSafeInteger(value) || Buffer.isBuffer(value) || value === null || ['string', 'boolean'].includes(typeof value);
}

function strictMap(bytes, most) {
  const value = decode(bytes.length > most ? NOTHING : bytes);
  need(isMap(value) && plain(value) && encode(value).equals(bytes), 'no map in preferred serialization');
  return new Map(entries(value));
}

// What stands under a key: [read, write]; read refuses what has no place there.
const fit = (fits) => [(value) => (need(fits(value), 'another kind of value wanted'), value), (value) => value];
const number = fit(isNumber);
const text = (most) => fit((value) => typeof value === 'string' && [...value].length <= most);
const bytes = (most) => fit((value) => Buffer.isBuffer(value) && value.length <= most);
const texts = (most) => fit((value) => Array.isArray(value) && value.length <= most && value.every((one) => typeof one === 'string'));
const versions = fit((value) => Array.isArray(value) && value.every((one) => one.length >= 2 && one.every(isNumber)));
const pairs = (flat) => flat.filter((one) => (need(isNumber(one) && flat.length % 2 === 0, 'no pairs'), true))
  .flatMap((one, place) => (place % 2 ? [] : [[one, flat[place + 1]]]));
const readRanges = (flat) => pairs(flat).map(([first, last], place) => {
  need(first > 0 && last >= first && (place === 0 || first > flat[2 * place - 1] + 1), 'ranges do not rise');
  return [first, last];
});
const ranges = [readRanges, (value) => value.flat()];
const ROOM = ['message', 'bytes', 'messages', 'window', 'chunk', 'urgent_rate', 'urgent_burst'];
const receive = [(value) => Object.fromEntries(ROOM.map((name, place) => [name, number[0](value[place])])), (value) => ROOM.map((name) => value[name])];
const resume = [(value) => value.map(([outbox, contiguous, sparse, partial]) => {
  need(value.length <= 8 && Buffer.isBuffer(outbox) && isNumber(contiguous), 'no resume map');
  return { outbox, contiguous, sparse: readRanges(sparse), partial: pairs(partial) };
}), (value) => value.map((one) => [one.outbox, one.contiguous, one.sparse.flat(), one.partial.flat()])];
const extensions = [(value) => Object.fromEntries(entries(value).map(([name, [critical, one]], place) => {
  need(place < 32 && isMap(value) && typeof name === 'string' && typeof critical === 'boolean' && Buffer.isBuffer(one), 'no extension');
  return [name, { critical, value: one }];
})), (value) => new Map(Object.entries(value).map(([name, one]) => [name, [one.critical, one.value]]))];
const NOTHING = Buffer.alloc(0);

// [key, name, what, default]; a field without default has to be there.
const FRAMES = {
  HELLO: [0, [1, 'versions', versions], [2, 'identity', text(512)], [3, 'outbox', bytes(16)], [4, 'resume', resume],
    [5, 'clock', number], [6, 'uncertainty', number], [7, 'capabilities', texts(256)], [8, 'receive', receive],
    [9, 'extensions', extensions, {}]],
  DATA: [1, [1, 'id', fit((value) => isNumber(value) && value > 0)], [2, 'offset', number, 0], [3, 'chunk', bytes(65536)],
    [4, 'total', number, 0], [5, 'head', bytes(4096), NOTHING], [6, 'after', number, 0]],
  DELIVERED: [2, [1, 'ids', ranges]],
  CREDIT: [3, [1, 'bytes', number]],
  NACK: [4, [1, 'id', number], [2, 'error', number], [3, 'words', text(200), ''], [4, 'retry_after', number, null]],
  CANCEL: [5, [1, 'ids', ranges], [2, 'error', number]],
  PING: [6, [1, 'number', number], [2, 'sent', number]],
  PONG: [7, [1, 'number', number], [2, 'sent', number], [3, 'heard', number], [4, 'answered', number], [5, 'uncertainty', number]],
};
const HEADER = [null, [0, 'src', text(512), ''], [1, 'dst', text(512), ''], [2, 'type', number], [3, 'version', number, 1],
  [4, 'kind', number, 2], [5, 'reply_to', number, null], [6, 'priority', fit((value) => isNumber(value) && value < 4), 2],
  [7, 'deadline', number, null], [8, 'key', bytes(32), NOTHING], [9, 'group', fit((value) => typeof value === 'boolean'), false],
  [10, 'path', texts(16), []], [11, 'status', number, 0], [12, 'words', text(200), ''], [13, 'about', text(512), ''],
  [14, 'extensions', extensions, {}], [15, 'by', texts(3), null], [16, 'lease', fit(Array.isArray), null]];

function readFields([, ...fields], map) {
  const missing = fields.find(([key, , , otherwise]) => !map.has(key) && otherwise === undefined);
  need(!missing, `no ${missing?.[1]}`);
  return Object.fromEntries(fields.map(([key, name, [read], otherwise]) => [name, map.has(key) ? read(map.get(key)) : otherwise]));
}

function writeFields([type, ...fields], given) {
  const isDefault = (name, otherwise) => name !== 'total' && JSON.stringify(given[name]) === JSON.stringify(otherwise);
  const said = fields.filter(([, name, , otherwise]) => given[name] !== undefined && !isDefault(name, otherwise));
  return encode(new Map([...(type === null ? [] : [[0, type]]), ...said.map(([key, name, [, write]]) => [key, write(given[name])])]));
}

function careful(ask) { // what the library or the language says of other people's bytes is MALFORMED, too
  try { return ask(); } catch (fault) { throw fault instanceof Fault ? fault : new Fault(1, fault.message); }
}

/** Read a frame; null: of a type that is not known. */
const readFrame = (data) => careful(() => {
  const map = strictMap(data, 65536);
  const found = Object.entries(FRAMES).find(([, [type]]) => type === number[0](map.get(0)));
  return found ? { frame: found[0], ...readFields(found[1], map) } : null;
});
const writeFrame = (frame, given) => writeFields(FRAMES[frame], given);
const readHeader = (data) => careful(() => readFields(HEADER, strictMap(data, 4096)));
const writeHeader = (given) => writeFields(HEADER, given);

module.exports = { Fault, encode, decode, entries, isMap, readFrame, writeFrame, readHeader, writeHeader };
