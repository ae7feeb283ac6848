// SPDX-License-Identifier: Apache-2.0
// A station that is led by the smoke suite: a JSON array a line on stdin, each answered on stdout by {"said": …} or
// {"failed": code}. What happens besides is told as {"at": …}.
// usage: node led.js <url> <identity> <folder of certificate, key and authority> <file that keeps the session>
'use strict';
const fs = require('node:fs');
const readline = require('node:readline');
const { Session } = require('./session');
const { Station, fields } = require('./station');

const [url, identity, folder, file] = process.argv.slice(2);
const session = new Session(identity, file);
const station = new Station(session);
const print = (value) => console.log(JSON.stringify(value));
const read = (name) => fs.readFileSync(`${folder}/${name}.pem`);
const extensions = (critical) => ({ 'org.example.x': { critical, value: Buffer.alloc(0) } });

session.on('ended', (how) => print({ at: 'ended', ...how }));
session.on('withdrawn', (id) => print({ at: 'withdrawn', id }));
session.on('message', (header, bytes) => print({ at: 'heard', type: header.type, kind: header.kind, size: bytes.length, ...fields(bytes) }));

const commands = {
  connect: () => session.connect(url, { ca: read('authority'), cert: read('certificate'), key: read('key') }).then(() => null),
  set: async (more) => { Object.assign(session, more); },
  greet_with: async (critical) => { session.extensions = extensions(critical); },
  cut: async () => session.cut(),
  cancel: async (id) => session.cancel(id),
  clock: async () => session.clock,
  waiting: async () => session.memory.waiting.size,
  say: (...what) => station.tell(...what).delivered,
  extended: (critical, type, given) => station.tell(type, given, { extensions: extensions(critical) }).delivered,
  queue: async (...what) => {
    const { id, delivered } = station.tell(...what);
    delivered.then(() => print({ at: 'delivered', id }), ({ code }) => print({ at: 'refused', id, code }));
    return id;
  },
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const [name, ...given] = JSON.parse(line);
  const fail = (fault) => print({ failed: fault.code ?? fault.message, words: fault.words ?? fault.message });
  (commands[name] ?? station[name].bind(station))(...given).then((said) => print({ said: said ?? null }), fail);
}).on('close', () => process.exit());
