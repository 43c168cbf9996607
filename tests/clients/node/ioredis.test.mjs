// ioredis, the client most Node programs still bring along (RESP2).
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import Redis from 'ioredis';

const redis = new Redis({ host: '127.0.0.1', port: Number(process.env.REDSTART_PORT) });
beforeEach(() => redis.flushall());
after(() => redis.quit());

test('strings', async () => {
  assert.equal(await redis.set('k', 'v', 'NX'), 'OK');
  assert.equal(await redis.set('k', 'w', 'NX'), null);
  assert.equal(await redis.set('k', 'w', 'XX', 'GET'), 'v');
  assert.equal(await redis.append('k', ' and more'), 10);
  assert.equal(await redis.getrange('k', -4, -1), 'more');
  assert.equal(await redis.getdel('k'), 'w and more');
  assert.equal(await redis.get('k'), null);
  assert.equal(await redis.mset({ a: 1, b: 2 }), 'OK');
  assert.deepEqual(await redis.mget('a', 'none', 'b'), ['1', null, '2']);
  assert.equal(await redis.incrby('a', 41), 42);
  assert.equal(await redis.incrbyfloat('a', 0.5), '42.5');
  assert.equal(await redis.setbit('bits', 7, 1), 0);
  assert.equal(await redis.bitcount('bits'), 1);
});

test('bytes are bytes', async () => {
  const every = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  await redis.set(every, every);
  assert.deepEqual(await redis.getBuffer(every), every);
  const large = Buffer.alloc(5_000_000, 'redstart');
  await redis.set('large', large);
  assert.ok((await redis.getBuffer('large')).equals(large));
});

test('keys and their expiry', async () => {
  await redis.set('k', 'v', 'PX', 100_000);
  const left = await redis.pttl('k');
  assert.ok(left > 90_000 && left <= 100_000, `${left}`);
  assert.equal(await redis.expire('k', 10, 'GT'), 0);
  assert.equal(await redis.persist('k'), 1);
  assert.equal(await redis.ttl('k'), -1);
  assert.equal(await redis.rename('k', 'l'), 'OK');
  assert.equal(await redis.exists('k', 'l', 'l'), 2);
  assert.equal(await redis.type('l'), 'string');
  assert.equal(await redis.pexpireat('l', Date.now() - 1), 1);
  assert.equal(await redis.dbsize(), 0);
  await assert.rejects(redis.rename('gone', 'x'), /^ReplyError: ERR no such key$/);
});

test('a long pipeline answers in order, an error harms its own place only', async () => {
  const pipeline = redis.pipeline();
  for (let i = 0; i < 10_000; i++) pipeline.set(`key:${i}`, i).get(`key:${i}`);
  pipeline.set('text', 'x').incr('text').get('text');
  const replies = await pipeline.exec();
  for (let i = 0; i < 10_000; i++) assert.deepEqual(replies[2 * i + 1], [null, `${i}`]);
  assert.match(replies.at(-2)[0].message, /not an integer/);
  assert.deepEqual(replies.at(-1), [null, 'x']);
});

test('transactions', async (t) => {
  assert.deepEqual(await redis.multi().set('n', 1).incr('n').exec(), [[null, 'OK'], [null, 2]]);
  await assert.rejects(redis.multi().set('n', 5).call('nosuch').exec(), /EXECABORT/);
  assert.equal(await redis.get('n'), '2');

  const other = redis.duplicate();
  t.after(() => other.quit());
  await redis.watch('n');
  await other.set('n', 'changed');
  assert.equal(await redis.multi().set('n', 'lost').exec(), null);
  assert.equal(await redis.get('n'), 'changed');
});

test('of two transactions over one watched key one must begin again', async (t) => {
  const others = [redis.duplicate(), redis.duplicate()];
  t.after(() => Promise.all(others.map((other) => other.quit())));
  const increase = async (client) => {
    for (let tries = 1; ; tries++) {
      await client.watch('n');
      const n = Number(await client.get('n'));
      if (await client.multi().set('n', n + 1).exec()) return tries;
    }
  };
  const many = async (client) => {
    for (let i = 0; i < 100; i++) await increase(client);
  };
  await Promise.all(others.map(many));
  assert.equal(await redis.get('n'), '200');
});

test('blocking pops', async (t) => {
  const [first, second] = [redis.duplicate(), redis.duplicate()];
  t.after(() => Promise.all([first.quit(), second.quit()]));
  const popped = first.blpop('none', 'list', 0);
  const moved = second.blmove('other', 'list', 'LEFT', 'RIGHT', 0);
  const least = redis.duplicate();
  t.after(() => least.quit());
  const member = least.bzpopmin('zset', 0);
  await new Promise((done) => setTimeout(done, 20));
  await redis.rpush('other', 'a');
  assert.equal(await moved, 'a');
  assert.deepEqual(await popped, ['list', 'a']);
  await redis.zadd('zset', 1, 'one', 2, 'two');
  assert.deepEqual(await member, ['zset', 'one', '1']);
  assert.equal(await first.brpop('none', 0.01), null);
  const read = second.xread('BLOCK', 0, 'STREAMS', 'stream', '$');
  await new Promise((done) => setTimeout(done, 20));
  const id = await redis.xadd('stream', '*', 'field', 'value');
  assert.deepEqual(await read, [['stream', [[id, ['field', 'value']]]]]);
});

test('a scan stream sees every key', async () => {
  await redis.mset(Array.from({ length: 2000 }, (_, i) => [`user:${i}`, i]).flat());
  await redis.set('other', 1);
  const seen = new Set();
  for await (const keys of redis.scanStream({ match: 'user:*', count: 100 })) keys.forEach((k) => seen.add(k));
  assert.equal(seen.size, 2000);
});

test('a connection has a name and a database', async (t) => {
  const other = redis.duplicate({ db: 5, connectionName: 'here' });
  t.after(() => other.quit());
  await other.set('k', 'in five');
  assert.equal(await redis.get('k'), null);
  assert.equal(await other.client('GETNAME'), 'here');
  assert.match(await redis.client('LIST'), /name=here .*db=5 /);
  assert.match(await redis.info('server'), /redis_version:7\.4/);
});

test('messages', async (t) => {
  const listener = redis.duplicate();
  t.after(() => listener.quit());
  const heard = [];
  const all = new Promise((resolve) => {
    const note = (message) => heard.push(message) === 5 && resolve();
    listener.on('message', (channel, message) => note([channel, message]));
    listener.on('pmessage', (pattern, channel, message) => note([pattern, channel, message]));
    listener.on('smessage', (channel, message) => note(['shard', channel, message]));
  });
  assert.equal(await listener.subscribe('news', 'chat'), 2);
  assert.equal(await listener.psubscribe('ne*'), 3);
  assert.equal(await listener.ssubscribe('part'), 1);
  assert.deepEqual(await listener.ping(), ['pong', '']);
  assert.equal(await redis.publish('news', 'one\r\ntwo'), 2);
  assert.equal(await redis.publish('chat', 'hi'), 1);
  assert.equal(await redis.publish('nobody', 'listens'), 0);
  assert.equal(await redis.spublish('part', 'x'), 1);
  await redis.config('SET', 'notify-keyspace-events', 'Ex$');
  await listener.psubscribe('__keyevent@0__:set');
  await redis.set('k', 'v');
  await all;
  await redis.config('SET', 'notify-keyspace-events', '');
  assert.deepEqual(heard, [
    ['news', 'one\r\ntwo'], ['ne*', 'news', 'one\r\ntwo'], ['chat', 'hi'], ['shard', 'part', 'x'],
    ['__keyevent@0__:set', '__keyevent@0__:set', 'k'],
  ]);
  assert.deepEqual(await redis.pubsub('NUMSUB', 'news', 'none'), ['news', 1, 'none', 0]);
  assert.equal(await listener.unsubscribe('news', 'chat'), 2);
  assert.equal(await redis.publish('chat', 'gone'), 0);
});

test('monitoring', async (t) => {
  const monitor = await redis.monitor();
  t.after(() => monitor.disconnect());
  const line = new Promise((resolve) => monitor.once('monitor', (time, args, source, database) => resolve({ args, database })));
  await redis.set('key', 'a "b"\n');
  assert.deepEqual(await line, { args: ['set', 'key', 'a "b"\\n'], database: '0' });
});
