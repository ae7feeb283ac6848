// SPDX-License-Identifier: Apache-2.0
// A station on npm `ocpp-rpc` in strict mode: every frame of ours, call or answer, is checked against its schemas.
// usage: node ocpp_rpc_station.js <url without identity> <ocpp1.6|ocpp2.0.1>
// Says on stdout, one JSON object a line, when the test may go on: {"at": "waiting"} … {"at": "done"}.
'use strict';
const assert = require('node:assert');
const { RPCClient } = require('ocpp-rpc');

const [url, protocol] = process.argv.slice(2);
const is16 = protocol === 'ocpp1.6';
const now = () => new Date().toISOString();
const tell = (at, more) => console.log(JSON.stringify({ at, ...more }));
const queues = {};
const queue = (name) => (queues[name] ??= { waiting: [], there: [] });
const put = (name, value) => {
  const one = queue(name);
  if (one.waiting.length) one.waiting.shift()(value);
  else one.there.push(value);
};
const take = (name) => {
  const one = queue(name);
  return one.there.length ? Promise.resolve(one.there.shift()) : new Promise((resolve) => one.waiting.push(resolve));
};

const station = new RPCClient({
  endpoint: url, identity: 'RPC-1', protocols: [protocol], strictMode: true, reconnect: false, callTimeoutMs: 15000,
});
const broken = [];
station.on('strictValidationFailure', ({ method, error }) => broken.push(`${method}: ${error.message}`));
station.on('badMessage', ({ error }) => broken.push(`bad message: ${error.message}`));

let list = 0;
const handlers = is16
  ? {
      RemoteStartTransaction: ({ params }) => (put('start', params), { status: 'Accepted' }),
      RemoteStopTransaction: ({ params }) => (put('stop', params), { status: 'Accepted' }),
      SendLocalList: ({ params }) => ((list = params.listVersion), { status: 'Accepted' }),
      GetLocalListVersion: () => ({ listVersion: list }),
      UnlockConnector: () => ({ status: 'Unlocked' }),
      ClearCache: () => ({ status: 'Accepted' }),
      Reset: ({ params }) => (put('reset', params), { status: 'Accepted' }),
    }
  : {
      RequestStartTransaction: ({ params }) => (put('start', params), { status: 'Accepted' }),
      RequestStopTransaction: ({ params }) => (put('stop', params), { status: 'Accepted' }),
      SendLocalList: ({ params }) => ((list = params.versionNumber), { status: 'Accepted' }),
      GetLocalListVersion: () => ({ versionNumber: list }),
      UnlockConnector: () => ({ status: 'Unlocked' }),
      ClearCache: () => ({ status: 'Accepted' }),
      Reset: ({ params }) => (put('reset', params), { status: 'Accepted' }),
    };
for (const [action, handler] of Object.entries(handlers)) station.handle(action, handler);

const card = { idToken: 'ANNA', type: 'ISO14443' };
const status = (word16, word2) =>
  station.call('StatusNotification', is16
    ? { connectorId: 1, errorCode: 'NoError', status: word16, timestamp: now() }
    : { timestamp: now(), connectorStatus: word2, evseId: 1, connectorId: 1 });

async function greet() {
  const boot = await station.call('BootNotification', is16
    ? { chargePointVendor: 'Acme', chargePointModel: 'Three' }
    : { reason: 'PowerUp', chargingStation: { vendorName: 'Acme', model: 'Three' } });
  assert.equal(boot.status, 'Accepted');
  assert.ok((await station.call('Heartbeat', {})).currentTime);
  await status('Available', 'Available');
  for (const [tag, word16, word2] of [['ANNA', 'Accepted', 'Accepted'], ['NOBODY', 'Invalid', 'Unknown']]) {
    const said = await station.call('Authorize', is16 ? { idTag: tag } : { idToken: { ...card, idToken: tag } });
    assert.equal((is16 ? said.idTagInfo : said.idTokenInfo).status, is16 ? word16 : word2);
  }
}

async function* charge16(start, stop, reason) {
  await status('Preparing');
  const begun = await station.call('StartTransaction', { connectorId: 1, idTag: 'ANNA', meterStart: start, timestamp: now() });
  assert.equal(begun.idTagInfo.status, 'Accepted');
  await status('Charging');
  const sampledValue = [{ value: String(start + 500), unit: 'Wh', measurand: 'Energy.Active.Import.Register' }];
  await station.call('MeterValues', {
    connectorId: 1, transactionId: begun.transactionId, meterValue: [{ timestamp: now(), sampledValue }],
  });
  yield begun.transactionId;
  await station.call('StopTransaction', {
    transactionId: begun.transactionId, meterStop: stop, timestamp: now(), idTag: 'ANNA', reason,
  });
  await status('Available');
}

let transactions = 0;
async function* charge201(start, stop, reason, remoteStartId) {
  const transactionId = `rpc-${++transactions}`;
  let seqNo = 0;
  const event = (eventType, triggerReason, value, info, more) =>
    station.call('TransactionEvent', {
      eventType, triggerReason, timestamp: now(), seqNo: seqNo++, transactionInfo: { transactionId, ...info },
      evse: { id: 1, connectorId: 1 },
      meterValue: [{ timestamp: now(), sampledValue: [{ value, measurand: 'Energy.Active.Import.Register' }] }],
      ...more,
    });
  await status('', 'Occupied');
  const begun = await event('Started', remoteStartId === undefined ? 'Authorized' : 'RemoteStart', start,
    { chargingState: 'EVConnected', ...(remoteStartId === undefined ? {} : { remoteStartId }) }, { idToken: card });
  assert.equal(begun.idTokenInfo.status, 'Accepted');
  await event('Updated', 'ChargingStateChanged', start, { chargingState: 'Charging' });
  await event('Updated', 'MeterValuePeriodic', start + 500, {});
  yield transactionId;
  await event('Ended', reason === 'Remote' ? 'RemoteStop' : 'StopAuthorized', stop, { stoppedReason: reason });
  await status('', 'Available');
}
const charge = is16 ? charge16 : charge201;

async function main() {
  await station.connect();
  assert.equal(station.protocol, protocol);
  await greet();
  const first = charge(10000, 12000, 'Local');
  await first.next();
  await first.next();
  tell('waiting');
  const start = await take('start');
  const second = charge(20000, 23000, 'Remote', start.remoteStartId);
  const { value: running } = await second.next();
  tell('started');
  const stop = await take('stop');
  assert.equal(String(stop.transactionId), String(running));
  await second.next();
  tell('stopped');
  const reset = await take('reset');
  await new Promise((resolve) => setTimeout(resolve, 200)); // its answer leaves after its handler has returned
  await station.close();
  tell('done', { list, reset: reset.type, broken });
}

main().catch((fault) => {
  tell('failed', { fault: String(fault.stack ?? fault), details: fault.details, broken });
  process.exit(1);
});
