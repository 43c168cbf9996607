// @upstash/redis over HTTP: what the project is there for. The last tests use plain fetch.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { Redis, s } from '@upstash/redis';

const url = process.env.REDSTART_HTTP_URL;
const token = process.env.REDSTART_TOKEN;
const connect = (options) => new Redis({ url, token, enableTelemetry: false, retry: false, ...options });
const redis = connect();
beforeEach(() => redis.flushall());

const configurations = {
  'base64, pipelined by itself': {},
  'plain, pipelined by itself': { responseEncoding: false },
  'base64, one by one': { enableAutoPipelining: false },
  'plain, one by one': { enableAutoPipelining: false, responseEncoding: false },
};

for (const [name, options] of Object.entries(configurations)) {
  const redis = connect(options);

  test(`values: ${name}`, async () => {
    const values = ['text', '', 'OK', 'naïve ☃ 😀', '%%12', 'say "hi"\n', 42, 2.5, true, null, [1, 'two'], { three: { four: 4 } }];
    for (const value of values) {
      assert.equal(await redis.set('k', value), 'OK');
      assert.deepEqual(await redis.get('k'), value);
    }
    assert.equal(await redis.get('none'), null);
    assert.deepEqual(await redis.mget('k', 'none'), [{ three: { four: 4 } }, null]);
  });

  test(`strings and keys: ${name}`, async () => {
    assert.equal(await redis.set('k', 'v', { nx: true, ex: 100 }), 'OK');
    assert.equal(await redis.set('k', 'w', { nx: true }), null);
    assert.equal(await redis.set('k', 'w', { get: true, keepTtl: true }), 'v');
    assert.ok((await redis.pttl('k')) > 90_000);
    assert.equal(await redis.expire('k', 10, 'GT'), 0);
    assert.equal(await redis.persist('k'), 1);
    assert.equal(await redis.incrby('n', 41), 41);
    assert.equal(await redis.incrbyfloat('n', 0.5), 41.5);
    assert.equal(await redis.copy('k', 'l'), 'COPIED');
    assert.deepEqual((await redis.keys('*')).sort(), ['k', 'l', 'n']);
    assert.equal(await redis.del('k', 'l', 'none'), 2);
    await redis.set('text', 'x');
    await assert.rejects(redis.incr('text'), /ERR value is not an integer or out of range/);
  });

  test(`arrays: ${name}`, async () => {
    const last = '18446744073709551614';
    assert.equal(await redis.arset('a', 0, 'x', 'y', 'z'), 3);
    assert.equal(await redis.armset('a', [[last, 'last'], [5, { j: 1 }]]), 2);
    assert.deepEqual(await redis.armget('a', last, 5, 6), ['last', { j: 1 }, null]);
    assert.equal(await redis.arlen('a'), '18446744073709551615');
    assert.equal(await redis.arcount('a'), 5);
    assert.deepEqual(await redis.arscan('a', last, 0, { limit: 2 }), [[last, 'last'], ['5', { j: 1 }]]);
    const predicates = [{ exact: 'x' }, { glob: 'l*' }];
    assert.deepEqual(await redis.argrep('a', '-', '+', { predicates, combine: 'or' }), ['0', last]);
    assert.deepEqual(await redis.argrep('a', '-', '+', { predicates: [{ re: '^[XY]$' }], noCase: true, withValues: true, limit: 1 }), [['0', 'x']]);
    const info = await redis.arinfo('a', { full: true });
    assert.deepEqual([info.count, info.len, info.nextInsertIndex], [5, '18446744073709551615', '0']);
    assert.equal(await redis.ardel('a', 0, 1), 2);
    assert.equal(await redis.ardelrange('a', [2, 6], [9, 7]), 2);
    assert.equal(await redis.arinsert('b', 1, 2), '1');
    assert.equal(await redis.arring('b', 3, 5, 6), '0');
    assert.deepEqual(await redis.arlastitems('b', 2, { rev: true }), [6, 5]);
    assert.deepEqual(await redis.argetrange('b', 3, 0), [null, 5, 2, 6]);
    assert.equal(await redis.arop('b', 0, 2, 'sum'), 13);
    assert.equal(await redis.arop('b', 0, 2, { match: '5' }), 1);
    assert.equal(await redis.arseek('b', '18446744073709551615'), 1);
    assert.equal(await redis.arnext('b'), null);
  });

  test(`documents: ${name}`, async () => {
    const document = { name: 'Ada ☃', tags: ['a', 'b'], n: 1, sub: { n: 2.5, on: true, none: null } };
    assert.equal(await redis.json.set('doc', '$', document), 'OK');
    assert.equal(await redis.json.set('doc', '$', {}, { nx: true }), null);
    assert.deepEqual(await redis.json.get('doc'), document);
    assert.deepEqual(await redis.json.get('doc', '$.n', '$.sub.on'), { '$.n': [1], '$.sub.on': [true] });
    assert.deepEqual(await redis.json.get('doc', '$..n'), [2.5, 1]); // what is inside first
    assert.deepEqual(await redis.json.numincrby('doc', '$..n', 2), [4.5, 3]);
    assert.deepEqual(await redis.json.arrappend('doc', '$.tags', { c: 1 }), [3]);
    assert.deepEqual(await redis.json.arrpop('doc', '$.tags'), [{ c: 1 }]);
    assert.deepEqual(await redis.json.type('doc', '$.*'), ['string', 'array', 'integer', 'object']);
    assert.deepEqual(await redis.json.objkeys('doc', '$.sub'), [['n', 'on', 'none']]);
    assert.deepEqual(await redis.json.toggle('doc', '$.sub.on'), [0]);
    assert.equal(await redis.json.merge('doc', '$', { sub: { none: 'some' }, n: null }), 'OK');
    assert.equal(await redis.json.mset({ key: 'doc2', path: '$', value: [1] }, { key: 'doc', path: '$.x', value: '"y"' }), 'OK');
    assert.deepEqual(await redis.json.mget(['doc', 'doc2', 'none'], '$.x'), [['y'], [], null]);
    assert.equal(await redis.json.del('doc', '$.sub'), 1);
    assert.deepEqual(await redis.json.get('doc', '.'), { name: 'Ada ☃', tags: ['a', 'b'], x: 'y' });
    assert.equal(await redis.type('doc'), 'json');
    await assert.rejects(redis.json.set('none', '$.a', 1), /ERR new objects must be created at the root/);
    await redis.del('doc', 'doc2');
  });

  test(`search: ${name}`, async () => {
    const schema = s.object({
      title: s.string(), by: s.object({ name: s.keyword() }), price: s.number('F64'), at: s.date().fast(),
    });
    await redis.json.set('p:1', '$', { title: 'Red running shoes', by: { name: 'Ada' }, price: 99.5, at: '2026-01-02T00:00:00Z' });
    const index = await redis.search.createIndex({ name: 'products', prefix: 'p:', dataType: 'json', schema });
    await redis.json.set('p:2', '$', { title: 'Blue shoes', by: { name: 'Bob' }, price: 20, at: '2026-02-02T00:00:00Z' });
    await redis.json.set('p:3', '$', { title: 'Run: a book', by: { name: 'Ada' }, price: 10 });
    const keys = (result) => result.map((found) => found.key);
    assert.deepEqual(keys(await index.query({ filter: { title: { $eq: 'run' } } })).sort(), ['p:1', 'p:3']);
    assert.deepEqual(keys(await index.query({ filter: { 'by.name': { $eq: 'Ada' } }, orderBy: { price: 'ASC' } })), ['p:3', 'p:1']);
    const [found] = await index.query({
      filter: { title: { $phrase: 'blue shoes' } }, select: { title: true, 'by.name': true, price: true },
      highlight: { fields: ['title'], preTag: '<b>', postTag: '</b>' },
    });
    assert.equal(found.key, 'p:2');
    assert.deepEqual(found.data, { title: '<b>Blue</b> <b>shoes</b>', by: { name: 'Bob' }, price: 20 });
    assert.deepEqual(await index.count({ filter: { at: { $gte: '2026-01-15' } } }), { count: 1 });
    assert.deepEqual(await index.aggregate({ aggregations: { names: { $terms: { field: 'by.name' }, $aggs: { mean: { $avg: { field: 'price' } } } } } }), {
      names: {
        buckets: [{ key: 'Ada', docCount: 2, mean: { value: 54.75 } }, { key: 'Bob', docCount: 1, mean: { value: 20 } }],
        sumOtherDocCount: 0, docCountErrorUpperBound: 0,
      },
    });
    const description = await index.describe();
    assert.deepEqual(description.prefixes, ['p:']);
    assert.deepEqual(description.schema['by.name'], { type: 'KEYWORD' });
    assert.equal(await redis.search.alias.add({ alias: 'goods', indexName: 'products' }), 1);
    await redis.del('p:2');
    assert.deepEqual(await redis.search.index({ name: 'goods', schema }).count({ filter: {} }), { count: 2 });
    assert.deepEqual(await redis.search.alias.list(), { goods: 'products' });
    assert.deepEqual(await redis.scan(0, { type: 'search' }), ['0', ['products']]);
    await assert.rejects(index.query({ filter: {}, limit: 0 }), /ERR limit should be a positive number less than 1000/);
    assert.equal(await index.drop(), 1);
    assert.equal(await index.query({}), null);
    await redis.del('p:1', 'p:3');
  });

  test(`search in a stream: ${name}`, async () => {
    const index = await redis.search.createIndex({ name: 'log', stream: 'events', dataType: 'stream', schema: s.object({ text: s.string() }) });
    const id = await redis.xadd('events', '*', { text: 'it has begun' });
    await redis.xadd('events', '*', { text: 'it is over' });
    assert.deepEqual((await index.query({ filter: { text: { $eq: 'begun' } } })).map(({ key, data }) => [key, data]), [[id, { text: 'it has begun' }]]);
    await index.drop();
    await redis.del('events');
  });

  test(`scan: ${name}`, async () => {
    const p = redis.pipeline();
    for (let i = 0; i < 500; i++) p.set(`user:${i}`, i);
    await p.exec();
    const seen = new Set();
    let cursor = '0';
    do {
      const [next, keys] = await redis.scan(cursor, { match: 'user:*', count: 50 });
      keys.forEach((k) => seen.add(k));
      cursor = next;
    } while (cursor !== '0');
    assert.equal(seen.size, 500);
  });
}

test('a pipeline keeps its errors apart', async () => {
  const p = redis.pipeline().set('text', 'x').incr('text').get('text');
  await assert.rejects(p.exec(), /not an integer/);
  const kept = await p.exec({ keepErrors: true });
  assert.deepEqual(kept[0], { result: 'OK', error: undefined });
  assert.match(kept[1].error, /not an integer/);
  assert.equal(kept[2].result, 'x');
});

test('a thousand calls at once', async () => {
  const numbers = Array.from({ length: 1000 }, (_, i) => i);
  await Promise.all(numbers.map((i) => redis.set(`key:${i}`, i)));
  assert.deepEqual(await Promise.all(numbers.map((i) => redis.get(`key:${i}`))), numbers);
});

test('a transaction is all or nothing', async () => {
  assert.deepEqual(await redis.multi().set('n', 1).incr('n').get('n').exec(), ['OK', 2, 2]);
  const refused = await post('/multi-exec', [['SET', 'n', 9], ['NOSUCH']]);
  assert.equal(refused.status, 400);
  assert.ok((await refused.json()).error);
  assert.equal(await redis.get('n'), 2);
});

test('the token opens the door, the read-only one half of it', async () => {
  await redis.set('k', 'v');
  await assert.rejects(connect({ token: 'wrong' }).get('k'), /WRONGPASS/);
  const reader = connect({ token: process.env.REDSTART_READONLY_TOKEN });
  assert.equal(await reader.get('k'), 'v');
  await assert.rejects(reader.set('k', 'w'), /NOPERM/);
  assert.equal(await redis.get('k'), 'v');
});

const authorized = { authorization: `Bearer ${token}` };
const post = (path, body, headers = {}) => fetch(url + path, { method: 'POST', headers: { ...authorized, ...headers }, body: typeof body === 'string' ? body : JSON.stringify(body) });

test('a command in the path, as curl users write it', async () => {
  const get = async (path, headers = authorized) => (await fetch(url + path, { headers })).json();
  assert.deepEqual(await get('/set/a%20key/a%2Fvalue?EX=100'), { result: 'OK' });
  assert.deepEqual(await get(`/get/a%20key?_token=${token}`, {}), { result: 'a/value' });
  assert.deepEqual(await (await post('/set/k', '["not", "parsed"]')).json(), { result: 'OK' });
  assert.deepEqual(await get('/get/k'), { result: '["not", "parsed"]' });
  assert.deepEqual(await get('/ttl/a%20key'), { result: 100 });
});

test('encodings and formats of a reply', async () => {
  await redis.set('k', 'OK');
  const base64 = await (await post('/pipeline', [['SET', 'l', 'x'], ['GET', 'k'], ['MGET', 'k', 'none']], { 'upstash-encoding': 'base64' })).json();
  assert.deepEqual(base64, [{ result: 'OK' }, { result: 'T0s=' }, { result: ['T0s=', null] }]);
  const resp2 = await post('/', ['MGET', 'k', 'none'], { 'upstash-response-format': 'resp2' });
  assert.equal(await resp2.text(), '*2\r\n$2\r\nOK\r\n$-1\r\n');
});

test('the sync token moves with a write', async () => {
  const one = (await post('/', ['SET', 'k', 1])).headers.get('upstash-sync-token');
  const two = (await post('/', ['SET', 'k', 2])).headers.get('upstash-sync-token');
  assert.ok(one && two && one !== two, `${one} ${two}`);
});

test('what a request must not be', async () => {
  for (const [body, error] of [['', /EOF/], ['{}', /expected JSON array/], ['[]', /ERR empty command/], ['["GET",null]', /null args/]]) {
    const reply = await post('/', body);
    assert.equal(reply.status, 400, body);
    assert.match((await reply.json()).error, error);
  }
  assert.equal((await fetch(url, { method: 'DELETE', headers: authorized })).status, 405);
  const preflight = await fetch(url, { method: 'OPTIONS', headers: { origin: 'http://example.org' } });
  assert.equal(preflight.status, 200);
  assert.equal(preflight.headers.get('access-control-allow-origin'), 'http://example.org');
  assert.equal((await fetch(`${url}/health`)).status, 200);
});

test('messages over a stream of events', async (t) => {
  const subscription = redis.subscribe('room one');
  const pattern = redis.psubscribe('room*');
  t.after(() => Promise.all([subscription.unsubscribe(), pattern.unsubscribe()]));
  await Promise.all([
    new Promise((resolve) => subscription.on('subscribe', resolve)),
    new Promise((resolve) => pattern.on('psubscribe', resolve)),
  ]);
  const heard = [];
  const all = new Promise((resolve) => {
    const note = (message) => heard.push(message) === 6 && resolve();
    subscription.on('message', ({ channel, message }) => note([channel, message]));
    pattern.on('pmessage', ({ channel, message }) => note(['pattern', channel, message]));
  });
  const sent = [{ three: 3 }, 42, ['a, b', 'c\nd']];
  for (const message of sent) assert.equal(await redis.publish('room one', message), 2);
  await all;
  const of = (kind) => heard.filter((m) => (m[0] === 'pattern') === kind).map((m) => m.at(-1));
  assert.deepEqual(of(false), sent);
  assert.deepEqual(of(true), sent);
});

test('an unsubscribed channel is left', async () => {
  const subscription = redis.subscribe('left');
  await new Promise((resolve) => subscription.on('subscribe', resolve));
  assert.equal(await redis.publish('left', 'x'), 1);
  await subscription.unsubscribe();
  for (let tries = 0; (await redis.publish('left', 'x')) !== 0; tries++) assert.ok(tries < 1000);
});
