// SPDX-License-Identifier: Apache-2.0
// A charging station with one EVSE and one connector on a session, by docs/bindings/messages.md.
'use strict';
const { decode, encode, entries } = require('./codec');

const [REQUEST, REPLY, NOT_SUPPORTED] = [0, 1, 35];
const [AUTHORIZED, REMOTE_START, PERIODIC, STOP_AUTHORIZED] = [4, 7, 0, 5]; // triggers
const said = (fields) => Object.entries(fields).filter(([, one]) => one !== undefined).map(([key, one]) => [+key, one]);
const body = (fields) => (fields ? encode(new Map(said(fields))) : Buffer.alloc(0));
const fields = (bytes) => (bytes.length ? Object.fromEntries(entries(decode(bytes))) : {});
const register = (wh, context) => [[0, [1 + 512 * context], [wh * 1000]]]; // energy.import.register, in thousandths

class Station {
  constructor(session) {
    Object.assign(this, { session, list: 0 });
    session.on('message', (header, bytes, id) => header.kind === REQUEST && this.answer(header, fields(bytes), id));
  }
  tell(type, given, header) { return this.session.tell({ type, kind: REQUEST, ...header }, body(given)); }
  async ask(...what) {
    const { header, body: bytes } = await this.tell(...what).reply;
    if (header.status) throw Object.assign(new Error(header.words), { code: header.status });
    return fields(bytes);
  }
  boot() { return this.ask(10, { 2: Date.now(), 3: new Map([[1, 'Acme'], [2, 'Second']]), 4: 0 }); }
  connector(state) { return this.ask(6, { 2: Date.now(), 3: 1, 4: 1, 5: state }); }
  authorize(card) { return this.ask(14, { 2: [0, card], 3: 1 }); }
  start(reference, card, wh, remote) {
    const more = { 5: 1, 6: [0, card], 7: 1, 8: remote ? REMOTE_START : AUTHORIZED, 10: remote, 11: register(wh, 1), 12: 1 };
    return this.ask(3, { 2: Date.now(), 3: reference, 4: 0, ...more });
  }
  reading(reference, seq, wh) { return this.ask(2, { 2: Date.now(), 3: reference, 4: seq, 5: 1, 8: PERIODIC, 11: register(wh, 0) }); }
  stop(reference, seq, wh) {
    return this.ask(4, { 2: Date.now(), 3: reference, 4: seq, 5: 1, 7: 0, 8: STOP_AUTHORIZED, 11: register(wh, 2) });
  }
  answer({ type, priority }, { 2: second, 3: third }, id) {
    if (type === 32) this.list = second ?? 0;
    const yes = [24, 26, 27, 32].includes(type) ? [type] : [type, { 1: 'NotSupported' }, NOT_SUPPORTED];
    const [number, given, status] = { 16: [17, { 1: second ?? 0, 2: third }], 34: [35, { 1: this.list }] }[type] ?? yes;
    this.session.tell({ type: number, kind: REPLY, reply_to: id, priority, status }, body(given));
    if (type === 16) this.tell(18, { 2: Date.now(), 3: second ?? 0, 4: third }); // it is in force
  }
}

module.exports = { Station, fields };
