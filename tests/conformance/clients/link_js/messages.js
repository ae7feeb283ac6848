// SPDX-License-Identifier: Apache-2.0
// Bodies of messages, read by the published schema docs/bindings/link.cddl, and by messages.md where it says more.
'use strict';
const fs = require('node:fs');
const { decode, entries, isMap } = require('./codec');

function schema(file) {
  const made = { numbers: {}, records: {}, words: {} };
  let name = '';
  for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
    const message = /[[]([0-9]+), ([a-z0-9-]+)\]$/.exec(line);
    const field = /^ {2}(?:\? )?([0-9]+): (.+), ; (\w+)$/.exec(line);
    const word = /^(?:([a-z-]+) = | {2}\/ )([0-9]+) ; (.+)$/.exec(line);
    name = /^([a-z0-9-]+) = /.exec(line)?.[1] ?? name;
    if (message) made.numbers[message[1]] = message[2];
    else if (/ = \{$/.test(line)) made.records[name] = [];
    else if (field) made.records[name].push({ key: Number(field[1]), type: field[2], name: field[3] });
    else if (word) (made.words[name] ??= {})[word[2]] = word[3];
  }
  return made;
}

const time = (ms) => new Date(ms).toISOString().replace(/\.000Z$/, 'Z').replace(/\.(\d{3})Z$/, '.$1000Z');
const scaled = (mantissa, exponent) => Number(`${mantissa}e${exponent}`); // rounds once
const isWhole = (value) => typeof value === 'bigint' || Number.isSafeInteger(value);
const quantity = (value) => (Array.isArray(value) ? scaled(value[1], value[0]) : Number(value));

/** Reads bodies into plain objects: bytes in base64, moments in ISO 8601. */
class Messages {
  constructor(file) {
    Object.assign(this, schema(file));
  }

  read(number, bytes) {
    return this.record(this.numbers[number], decode(bytes));
  }

  record(name, map) {
    const at = map instanceof Map ? map.get(2) : undefined; // moments of readings count from it
    const known = new Map(entries(map));
    return Object.fromEntries(this.records[name].filter(({ key }) => known.has(key)).map((one) => [one.name, this.value(one.type, known.get(one.key), at)]));
  }

  value(type, value, at) {
    const inner = /^\((.+) \/ (?:null|tstr)\)$/.exec(type)?.[1] ?? /^\[[*+] (.+)\]$/.exec(type)?.[1] ?? /^\{\* tstr => (.+)\}$/.exec(type)?.[1];
    if (value === null) return null;
    if (type.startsWith('{*')) return Object.fromEntries(entries(value).map(([key, one]) => [key, this.value(inner, one, at)]));
    if (type.startsWith('[*')) return value.map((one) => this.value(inner, one, at));
    if (inner) return this.value(inner, value, at);
    if (type === 'subject') return Array.isArray(value) ? { kind: this.value('credential-kind', value[0]), value: value[1] } : value;
    if (type === 'readings') return value.flatMap((group) => this.group(group, at));
    if (type === 'moment') return time(value);
    if (type === 'quantity') return quantity(value);
    if (type === 'bstr') return value.toString('base64');
    if (this.records[type] && isMap(value)) return this.record(type, value);
    return this.words[type] && typeof value === 'number' ? this.words[type][value] ?? value : value;
  }

  group([since, channels, values, details = new Map()], at) {
    const word = (table, number) => this.words[table][number] ?? '';
    return channels.map((channel, place) => {
      const parts = { phase: word('phase', (channel >> 5) & 15), context: word('context', (channel >> 9) & 15), location: word('location', channel >> 13) };
      const more = details.has(place) ? this.record('reading', details.get(place)) : {};
      const kept = Object.entries(parts).filter(([, one]) => !['(none)', 'periodic', ''].includes(one));
      const value = isWhole(values[place]) ? scaled(values[place], -3) : values[place];
      return { at: time(at + since), measurand: word('measurand', channel & 31) || 'other', value, ...Object.fromEntries(kept), ...more };
    });
  }
}

module.exports = { Messages };
