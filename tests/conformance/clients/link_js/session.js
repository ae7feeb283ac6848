// SPDX-License-Identifier: Apache-2.0
// A session of the 63110 link over WebSockets, by docs/bindings/link.md 1 and 3 to 5. Its window stays at the least, 16 KiB.
'use strict';
const { EventEmitter } = require('node:events');
const [crypto, fs] = [require('node:crypto'), require('node:fs')];
const WebSocket = require('ws');
const { Fault, decode, encode, readFrame, writeFrame, readHeader, writeHeader } = require('./codec');

const [TOO_LARGE, PROTOCOL, UNSUPPORTED_VERSION, UNSUPPORTED_EXTENSION, IDENTITY_MISMATCH, SILENT] = [2, 3, 4, 5, 6, 7];
const [OUTBOX_RESTORED, EXPIRED, CANCELLED] = [11, 32, 33];
const ROOM = { message: 65536, bytes: 131072, messages: 64, window: 16384, chunk: 2048, urgent_rate: 10, urgent_burst: 10 };
const SHARE = [1, 3 / 4, 5 / 8, 1 / 2]; // of the other end's room, by priority
const OWN_CLOCK = 50; // uncertainty [ms]
const AT_ITS_BEGINNING = { offset: 0, begun: false, again: 0, turn: 0 };
const critical = (extensions) => Object.keys(extensions).find((name) => extensions[name].critical); // none is understood here

class IdSet {
  constructor(ranges = []) { this.ranges = ranges; }
  has(id) { return this.ranges.some(([first, last]) => first <= id && id <= last); }
  add(first, last = first) {
    const apart = this.ranges.filter((one) => one[1] + 1 < first || one[0] > last + 1);
    const near = this.ranges.filter((one) => !apart.includes(one)).flat();
    this.ranges = [...apart, [Math.min(first, ...near), Math.max(last, ...near)]].sort((a, b) => a[0] - b[0]);
  }
}

/** What outlives the process: the outbox, and what was delivered of the other end's outboxes. */
class Memory {
  constructor(file) {
    const kept = fs.existsSync(file) ? decode(fs.readFileSync(file)) : { outbox: crypto.randomBytes(8), last: 0, waiting: [], seen: [] };
    const seen = kept.seen.map(([outbox, ranges]) => [outbox, new IdSet(ranges)]);
    Object.assign(this, { ...kept, file, waiting: new Map(kept.waiting.map((one) => [one.id, one])), seen: new Map(seen) });
  }
  save() {
    const seen = [...this.seen].map(([outbox, { ranges }]) => [outbox, ranges]);
    const file = fs.openSync(`${this.file}.new`, 'w');
    fs.writeSync(file, encode({ outbox: this.outbox, last: this.last, waiting: [...this.waiting.values()], seen }));
    for (const step of [fs.fsyncSync, fs.closeSync]) step(file);
    fs.renameSync(`${this.file}.new`, this.file);
  }
  of(outbox) {
    const found = this.seen.get(outbox) ?? new IdSet();
    this.seen = new Map([...this.seen].filter(([other]) => other !== outbox).slice(-3)).set(outbox, found); // the latest four
    return found;
  }
}

/** Events: `message` (header, body, id), `withdrawn` (id), `ended` ({code, words, by}). */
class Session extends EventEmitter {
  constructor(identity, file) {
    super();
    Object.assign(this, { identity, memory: new Memory(file), state: 'closed', versions: [[1, 0]], extensions: {} });
    for (const map of ['told', 'partial', 'refused']) this[map] = new Map(); // by id; the last two: of the other end's outbox
    setInterval(() => this.tick(), 250).unref();
  }

  /** Open a carrier; resolves with the other end's HELLO when messages may flow. */
  connect(url, tls) {
    const flow = { sent: 0, credited: 0, received: 0, confirmed: 0, tokens: 0, owed: [0, 0, 0, 0], turn: 0, pings: 0, pinged: 0 };
    Object.assign(this, { state: 'opening', peer: null, began: Date.now(), lastHeard: Date.now(), samples: [], ...flow });
    for (const one of this.memory.waiting.values()) Object.assign(one, AT_ITS_BEGINNING);
    const carrier = { minVersion: 'TLSv1.3', perMessageDeflate: false, maxPayload: 65536 };
    const socket = (this.socket = new WebSocket(url, 'iec63110.link.v1', { ...tls, ...carrier }));
    const lost = (words) => this.socket === socket && this.ended({ code: 0, words, by: 'carrier' });
    return new Promise((resolve, reject) => {
      this.once('ended', reject).once('open', (hello) => (this.off('ended', reject), resolve(hello)));
      socket.on('upgrade', (answer) => (this.certified = answer.socket.getPeerCertificate().subject.CN));
      socket.on('open', () => this.greet());
      socket.on('message', (data, binary) => this.socket === socket && this.heard(binary ? data : Buffer.alloc(0)));
      socket.on('error', (fault) => lost(fault.message)).on('close', (code) => lost(`closed with ${code}`));
    });
  }

  greet() {
    const resume = [...this.memory.seen].map(([outbox, { ranges }]) => {
      const partial = outbox === this.outbox ? [...this.partial.values()].map((one) => [one.id, one.got]) : [];
      const [contiguous, sparse] = ranges[0]?.[0] === 1 ? [ranges[0][1], ranges.slice(1)] : [0, ranges];
      return { outbox: Buffer.from(outbox, 'hex'), contiguous, sparse, partial };
    });
    const { identity, versions, extensions, memory: { outbox } } = this;
    const mine = { identity, versions, extensions, outbox, resume, capabilities: [], receive: ROOM };
    this.send('HELLO', { ...mine, clock: Date.now(), uncertainty: OWN_CLOCK });
  }

  send(frame, given) {
    const bytes = writeFrame(frame, given);
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(bytes, { binary: true }, () => this.pump());
    return bytes.length;
  }

  ended(how) {
    if (this.state === 'closed') return;
    if (how.by === 'us') this.send('NACK', { id: 0, error: how.code, words: how.words.slice(0, 200) });
    this.state = 'closed';
    this.socket.close();
    this.emit('ended', how);
  }

  /** Cut the carrier without a word. */
  cut() { this.state = 'closed'; this.socket.terminate(); }

  heard(data) {
    if (this.state === 'closed') return;
    Object.assign(this, { lastHeard: Date.now(), pinged: 0 });
    try {
      const frame = readFrame(data);
      if (!this.peer && !['HELLO', 'NACK'].includes(frame?.frame)) throw new Fault(PROTOCOL, 'before HELLO');
      this[`on${frame?.frame}`]?.(frame, data.length); // a type that is not known is ignored
      this.pump();
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      this.ended({ code: fault.code, words: fault.message, by: 'us' });
    }
  }

  onHELLO(hello) {
    if (this.peer) throw new Fault(PROTOCOL, 'a second HELLO');
    if (!hello.versions.some(([major]) => major === 1)) throw new Fault(UNSUPPORTED_VERSION, 'this end speaks 1.0');
    if (hello.identity !== this.certified) throw new Fault(IDENTITY_MISMATCH, `${hello.identity} is not ${this.certified}`);
    if (critical(hello.extensions)) throw new Fault(UNSUPPORTED_EXTENSION, critical(hello.extensions));
    this.peer = hello.receive;
    if (this.outbox !== hello.outbox.toString('hex')) [this.partial, this.refused].forEach((map) => map.clear());
    this.seen = this.memory.of((this.outbox = hello.outbox.toString('hex')));
    this.onPING({ number: 0, sent: hello.clock });
    this.resume(hello.resume.find((one) => one.outbox.equals(this.memory.outbox)));
    Object.assign(this, { state: 'open', tokens: this.peer.urgent_burst });
    this.emit('open', hello);
  }

  resume({ contiguous, sparse, partial } = { contiguous: 0, sparse: [], partial: [] }) {
    const ids = contiguous ? [[1, contiguous], ...sparse] : sparse;
    const [known, neither] = [new IdSet(ids), new IdSet()];
    if (Math.max(0, ...ids.flat(), ...partial.map(([id]) => id)) > this.memory.last) throw new Fault(OUTBOX_RESTORED, 'an old copy');
    this.onDELIVERED({ ids });
    for (let id = 1; id <= this.memory.last; id += 1) if (!known.has(id) && !this.memory.waiting.has(id)) neither.add(id);
    if (neither.ranges.length) this.send('CANCEL', { ids: neither.ranges, error: EXPIRED });
    for (const [id, here] of partial) if (this.memory.waiting.has(id)) this.memory.waiting.get(id).offset = here;
  }

  // -- sending --

  /** Take a message into the outbox: `delivered` resolves when it is confirmed, `reply` when it is answered. */
  tell(header, body) {
    const id = (this.memory.last += 1);
    const { priority = 2, deadline = 0, src = '', dst = '', about = `${src}\n${dst}` } = header;
    this.memory.waiting.set(id, { id, head: writeHeader(header), body, priority, object: about, deadline, ...AT_ITS_BEGINNING });
    this.memory.save();
    const [told, made] = [{}, { id }];
    for (const what of ['delivered', 'reply']) made[what] = new Promise((resolve, reject) => (told[what] = { resolve, reject }));
    for (const one of [made.delivered, made.reply]) one.catch(() => {}); // whoever does not wait does not mind
    this.told.set(id, told);
    this.pump();
    return made;
  }

  pump() {
    for (let one; this.state === 'open' && this.socket.bufferedAmount < 8192 && (one = this.next());) this.sendChunk(one);
  }

  next() {
    const first = new Map(); // of each class and object, the message whose turn it is
    const lasting = [...this.memory.waiting.values()].filter((one) => !(one.begun && one.offset >= one.body.length));
    for (const one of lasting.reverse()) first.set(`${one.priority} ${one.object}`, one);
    const ready = [...first.values()].filter((one) => one.again <= Date.now() && this.fits(one));
    const classes = [0, 1, 2, 3].map((priority) => {
      const all = ready.filter((one) => one.priority === priority).sort((a, b) => a.turn - b.turn || a.id - b.id);
      return all.filter((one) => one.begun || all.filter((other) => other.begun).length < 4);
    });
    const starving = [3, 2].find((priority) => classes[priority].length && this.owed[priority] >= 2048);
    return classes[0][0] ?? classes[starving]?.[0] ?? classes.flat()[0];
  }

  fits(one) {
    if (one.priority === 0) return this.tokens >= 1;
    if (this.sent - this.credited + Math.min(this.peer.chunk, 8192) + 4200 > 16384) return false; // 4,200: header and frame
    const begun = [...this.memory.waiting.values()].filter((other) => other.begun);
    const total = begun.reduce((sum, other) => sum + other.body.length, one.body.length);
    return one.begun || Math.max((begun.length + 1) / this.peer.messages, total / this.peer.bytes) <= SHARE[one.priority];
  }

  sendChunk(one) {
    const before = [...this.memory.waiting.values()].filter((other) => other.id < one.id && other.priority === one.priority);
    const after = Math.max(0, ...before.filter((other) => other.object === one.object).map((other) => other.id));
    const chunk = one.body.subarray(one.offset, one.offset + (one.priority === 0 ? 2048 : Math.min(this.peer.chunk, 8192)));
    const opening = one.begun ? {} : { head: one.head, total: one.body.length, after };
    const size = this.send('DATA', { id: one.id, offset: one.offset, chunk, ...opening });
    Object.assign(one, { begun: true, offset: one.offset + chunk.length, turn: (this.turn += 1) });
    if (one.priority === 0) this.tokens -= 1;
    else this.sent += size;
    this.owed = this.owed.map((owed, priority) => (priority === one.priority ? 0 : owed + size * 0.05)); // 5 % for who waits
  }

  onDELIVERED({ ids }) {
    if (ids.some(([, last]) => last > this.memory.last)) throw new Fault(PROTOCOL, 'an id that was never given out');
    for (const id of [...this.memory.waiting.keys()]) {
      if (new IdSet(ids).has(id) && this.memory.waiting.delete(id)) this.told.get(id)?.delivered.resolve(id);
    }
    this.memory.save();
  }

  onCREDIT({ bytes }) {
    if (bytes < this.credited || bytes > this.sent) throw new Fault(PROTOCOL, 'credit that contradicts');
    this.credited = bytes;
  }

  onNACK({ id, error, words, retry_after: again }) {
    const one = this.memory.waiting.get(id);
    if (id === 0) this.ended({ code: error, words, by: 'them' });
    else if (one && again !== null) Object.assign(one, { again: Date.now() + again, begun: false, offset: 0 });
    else if (one) this.forget(id, error, words);
  }

  forget(id, error, words) {
    for (const one of Object.values(this.told.get(id) ?? {})) one.reject(new Fault(error, words));
    this.memory.waiting.delete(id);
    this.memory.save();
    this.send('CANCEL', { ids: [[id, id]], error: EXPIRED });
  }

  /** Ask for a message not to be given up. */
  cancel(id) {
    Object.assign(this.memory.waiting.get(id), { begun: true, offset: Infinity }); // no piece may follow
    this.send('CANCEL', { ids: [[id, id]], error: CANCELLED });
  }

  // -- receiving --

  onDATA({ id, offset, chunk, total, head, after }, size) {
    const one = this.partial.get(id) ?? { id, chunks: [], got: 0 };
    if (!head.length && !this.partial.has(id)) throw new Fault(PROTOCOL, 'a piece of a message that was not begun');
    if (head.length) this.open(Object.assign(one, { total, after }), head);
    if (one.header?.priority !== 0) this.received += size;
    if (this.received - this.confirmed >= 4096) this.send('CREDIT', { bytes: (this.confirmed = this.received) });
    if (this.seen.has(id)) return this.send('DELIVERED', { ids: [[id, id]] });
    if (this.refused.has(id)) return head.length && this.send('NACK', { id, ...this.refused.get(id) });
    if (offset !== one.got || offset + chunk.length > one.total) throw new Fault(PROTOCOL, 'a gap in a message');
    one.chunks.push(chunk);
    one.got += chunk.length;
    return this.give();
  }

  open(one, head) {
    this.partial.set(one.id, one);
    try {
      one.header = readHeader(head);
      if (one.total > ROOM.message) throw new Fault(TOO_LARGE, 'too long');
      if (critical(one.header.extensions)) throw new Fault(UNSUPPORTED_EXTENSION, critical(one.header.extensions));
    } catch (fault) {
      this.refused.set(one.id, { error: fault.code, words: fault.message });
    }
  }

  refuse(id, error, words) {
    this.refused.set(id, { error, words });
    this.send('NACK', { id, error, words });
  }

  give() {
    const gone = (id) => id === 0 || this.seen.has(id) || this.refused.has(id);
    const one = [...this.partial.values()].find(({ id, got, total, after }) => got === total && !gone(id) && gone(after));
    if (!one) return;
    if (this.tooLate(one.header.deadline)) this.refuse(one.id, EXPIRED, 'too late');
    else this.deliver(one);
    this.give();
  }

  deliver({ id, header, chunks }) {
    this.partial.delete(id);
    this.seen.add(id);
    this.memory.save();
    this.send('DELIVERED', { ids: [[id, id]] });
    const asked = header.kind === 1 && this.told.get(header.reply_to);
    if (asked) asked.reply.resolve({ header, body: Buffer.concat(chunks) });
    else this.emit('message', header, Buffer.concat(chunks), id);
  }

  onCANCEL({ ids, error }) {
    for (const [first, last] of ids) {
      if (error === EXPIRED) this.seen.add(first, last);
      else for (let id = first; id <= Math.min(last, first + 1023); id += 1) {
        if (this.seen.has(id)) this.emit('withdrawn', id);
        else this.refuse(id, CANCELLED, 'taken back');
      }
    }
    for (const map of [this.partial, this.refused]) for (const id of map.keys()) if (this.seen.has(id)) map.delete(id);
    this.memory.save();
    this.give();
  }

  // -- life and time --

  /** The best sample of the other end's clock: its offset from ours, and the error of that [ms]. */
  get clock() {
    const worse = (one) => one.error + (Date.now() - one.at) * 1e-4;
    return [...this.samples].sort((a, b) => worse(a) - worse(b)).map((one) => ({ offset: one.offset, error: worse(one) }))[0];
  }

  tooLate(deadline) { return deadline !== null && !(Date.now() + this.clock?.offset + this.clock?.error <= deadline); }

  onPING({ number, sent }) {
    this.send('PONG', { number, sent, heard: this.lastHeard, answered: Date.now(), uncertainty: OWN_CLOCK });
  }

  onPONG({ sent, heard, answered, uncertainty }) {
    const at = Date.now();
    const way = Math.max(0, at - sent - (answered - heard));
    const smooth = (7 * (this.samples.at(-1)?.smooth ?? way) + way) / 8;
    this.samples.push({ at, smooth, offset: (heard - sent + (answered - at)) / 2, error: way / 2 + uncertainty });
    this.samples = this.samples.slice(-8);
  }

  tick() {
    const now = Date.now();
    if (this.state !== 'open') return;
    for (const one of this.memory.waiting.values()) if (one.deadline && one.deadline <= now) this.forget(one.id, EXPIRED, 'too late');
    this.tokens = Math.min(this.peer.urgent_burst, this.tokens + this.peer.urgent_rate / 5); // a little less than 250 ms bring
    const patience = Math.max(5000, 4 * (this.samples.at(-1)?.smooth ?? 15000));
    const due = this.began + (this.pings < 4 ? 2000 * (this.pings + 1) : 60000 * (this.pings - 3));
    if (this.pinged && now - this.pinged > patience) this.ended({ code: SILENT, words: 'nothing was heard', by: 'us' });
    else if (!this.pinged && (now - this.lastHeard > 5000 || now > due)) this.send('PING', { number: ++this.pings, sent: (this.pinged = now) });
    this.pump();
  }
}

module.exports = { Session };
