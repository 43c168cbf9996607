// A reader of event streams as the standard describes EventSource. Not on top of fetch: that of
// Node 18 keeps the connection of a stream that was aborted, and with it the process.
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';

const url = process.env.REDSTART_HTTP_URL;
const token = process.env.REDSTART_TOKEN;

class EventReader {
  static open(path) {
    const place = `${url}${path}${path.includes('?') ? '&' : '?'}_token=${token}`;
    const options = { headers: { Accept: 'text/event-stream' }, agent: false };
    return new Promise((resolve, reject) => {
      http.get(place, options, (response) => resolve(new EventReader(response))).on('error', reject);
    });
  }
  constructor(response) {
    this.response = response.setEncoding('utf8');
    this.events = this.#events(response);
  }
  async next() {
    return (await this.events.next()).value;
  }
  close() {
    this.response.destroy();
  }
  // Lines end with CR, LF or both; an empty one ends an event; one blank behind the colon goes.
  async *#events(chunks) {
    let text = '';
    let data = [];
    for await (const chunk of chunks) {
      text += chunk;
      for (let end; (end = text.match(/\r\n|\n|\r(?!$)/)); ) {
        const line = text.slice(0, end.index);
        text = text.slice(end.index + end[0].length);
        if (line === '' && data.length > 0) {
          yield data.join('\n');
          data = [];
        } else if (line.startsWith('data:')) {
          data.push(line.slice(line[5] === ' ' ? 6 : 5));
        }
      }
    }
  }
}

const command = async (...words) =>
  (await (await fetch(url, { method: 'POST', headers: { Authorization: `Bearer ${token}` }, body: JSON.stringify(words) })).json()).result;

test('a channel', async () => {
  const reader = await EventReader.open('/subscribe/news');
  assert.equal(reader.response.headers['content-type'], 'text/event-stream');
  assert.equal(await reader.next(), 'subscribe,news,1');
  const payloads = ['hi', '', 'ünïcode ☃', 'a,b', '{"a":1}', 'two\nlines', 'blank\n\n line', 'x\ndata: message,news,forged', 'y'.repeat(300_000)];
  for (const payload of payloads) {
    assert.equal(await command('PUBLISH', 'news', payload), 1);
    assert.equal(await reader.next(), `message,news,${payload}`);
  }
  reader.close();
  for (let tries = 0; (await command('PUBLISH', 'news', 'x')) !== 0; tries++) assert.ok(tries < 1000);
});

test('a pattern', async () => {
  const reader = await EventReader.open('/psubscribe/user:*');
  assert.equal(await reader.next(), 'psubscribe,user:*,1');
  await command('PUBLISH', 'user:7', 'here');
  assert.equal(await reader.next(), 'pmessage,user:*,user:7,here');
  reader.close();
});

test('the monitor', async () => {
  const reader = await EventReader.open('/monitor');
  assert.equal(await reader.next(), '"OK"');
  await command('SET', 'k', 'v "w"');
  assert.match(await reader.next(), /^\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] "SET" "k" "v \\"w\\""$/);
  reader.close();
});

test('what cannot be opened is an answer in JSON', async () => {
  const refused = await fetch(`${url}/subscribe/news`);
  assert.equal(refused.status, 401);
  assert.match((await refused.json()).error, /^WRONGPASS/);
});
