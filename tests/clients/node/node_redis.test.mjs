// node-redis, Redis's own client for Node, speaking RESP3.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { BasicClientSideCache, createClient, RESP_TYPES, WatchError } from 'redis';

const url = `redis://127.0.0.1:${process.env.REDSTART_PORT}`;
const client = createClient({ url, RESP: 3, name: 'here' });
before(() => client.connect());
beforeEach(() => client.flushAll());
after(() => client.close());

test('the connection speaks RESP3', async () => {
  const hello = await client.hello();
  assert.equal(hello.proto, 3);
  assert.equal(hello.mode, 'standalone');
  assert.deepEqual({ ...(await client.configGet('databases')) }, { databases: '16' });
  const info = await client.clientInfo();
  assert.equal(info.resp, 3);
  assert.equal(info.name, 'here');
  assert.equal(info.libName, 'node-redis');
});

test('strings', async () => {
  assert.equal(await client.set('k', 'v', { condition: 'NX', expiration: { type: 'EX', value: 100 } }), 'OK');
  assert.equal(await client.set('k', 'w', { condition: 'XX', GET: true }), 'v');
  assert.equal(await client.ttl('k'), -1);
  assert.equal(await client.getEx('k', { type: 'PX', value: 100_000 }), 'w');
  assert.ok((await client.pTTL('k')) > 90_000);
  assert.deepEqual(await client.mGet(['k', 'none']), ['w', null]);
  assert.equal(await client.incrByFloat('f', 3.25), '3.25');
  await client.mSet({ a: 'ohmytext', b: 'mynewtext' });
  const lcs = await client.lcsIdx('a', 'b');
  assert.equal(lcs.len, 6);
  assert.equal(lcs.matches.length, 2);
  await assert.rejects(client.incr('k'), /ERR value is not an integer or out of range/);
});

test('bytes are bytes', async () => {
  const bytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await bytes.set(every, every);
  assert.deepEqual(await bytes.get(every), every);
});

test('what is sent in one tick goes out as one pipeline', async () => {
  const numbers = Array.from({ length: 5000 }, (_, i) => i);
  await Promise.all(numbers.map((i) => client.set(`key:${i}`, `${i}`)));
  assert.deepEqual(await Promise.all(numbers.map((i) => client.get(`key:${i}`))), numbers.map(String));
});

test('transactions', async () => {
  assert.deepEqual(await client.multi().set('n', '1').incr('n').get('n').exec(), ['OK', 2, '2']);
  assert.deepEqual(await client.multi().set('n', '5').get('n').execAsPipeline(), ['OK', '5']);
  await assert.rejects(client.multi().set('n', 'text').incr('n').exec(), /1 commands failed/);
  assert.equal(await client.get('n'), 'text');
});

test('a watched key that changes makes a transaction fail', async (t) => {
  const other = await client.duplicate().connect();
  t.after(() => other.close());
  await client.watch('n');
  await other.set('n', 'changed');
  await assert.rejects(client.multi().set('n', 'lost').exec(), WatchError);
  assert.equal(await client.get('n'), 'changed');
});

test('blocking pops', async (t) => {
  const other = await client.duplicate().connect();
  t.after(() => other.close());
  const popped = other.blPop(['none', 'list'], 0);
  await client.rPush('list', ['a', 'b']);
  assert.deepEqual(await popped, { key: 'list', element: 'a' });
  assert.equal(await other.brPop('none', 0.01), null);
  const member = other.bzPopMax('zset', 0);
  await client.zAdd('zset', [{ score: 1, value: 'one' }, { score: 2, value: 'two' }]);
  assert.deepEqual(await member, { key: 'zset', value: 'two', score: 2 });
});

test('client-side caching', async (t) => {
  const cache = new BasicClientSideCache({ ttl: 0, maxEntries: 0, evictPolicy: 'LRU' });
  const cached = await createClient({ url, RESP: 3, clientSideCache: cache }).connect();
  t.after(() => cached.close());
  await client.set('k', 'old');
  assert.equal(await cached.get('k'), 'old');
  assert.equal(await cached.get('k'), 'old');
  assert.equal(cache.stats().hitCount, 1);
  await client.set('k', 'new');
  for (let tries = 0; tries < 100 && (await cached.get('k')) !== 'new'; tries++) {
    await new Promise((done) => setTimeout(done, 5));
  }
  assert.equal(await cached.get('k'), 'new');
  assert.ok(cache.stats().hitCount >= 1);
});

test('scanning, in one database of several', async (t) => {
  const other = await client.duplicate({ database: 7 }).connect();
  t.after(() => other.close());
  await Promise.all(Array.from({ length: 1500 }, (_, i) => other.set(`user:${i}`, 'x')));
  const seen = new Set();
  for await (const keys of other.scanIterator({ MATCH: 'user:*', COUNT: 50, TYPE: 'string' })) keys.forEach((k) => seen.add(k));
  assert.equal(seen.size, 1500);
  assert.equal(await client.dbSize(), 0);
});

test('messages as pushes, beside commands of the same connection', async (t) => {
  const listener = client.duplicate();
  await listener.connect();
  t.after(() => listener.close());
  const heard = [];
  let full;
  const all = new Promise((resolve) => (full = resolve));
  const note = (...message) => heard.push(message) === 3 && full();
  await listener.subscribe('news', (message, channel) => note(channel, message));
  await listener.pSubscribe('ne*', (message, channel) => note('pattern', channel, message));
  await listener.sSubscribe('part', (message, channel) => note('shard', channel, message));
  assert.equal(await listener.set('k', 'v'), 'OK');
  // Its own message comes behind the answer.
  assert.equal(await listener.publish('news', 'hi'), 2);
  assert.equal(await client.sPublish('part', 'x'), 1);
  await all;
  assert.deepEqual(heard, [['news', 'hi'], ['pattern', 'news', 'hi'], ['shard', 'part', 'x']]);
  assert.deepEqual(await client.pubSubChannels(), ['news']);
  await listener.unsubscribe('news');
  assert.equal(await client.publish('news', 'gone'), 1);
});
