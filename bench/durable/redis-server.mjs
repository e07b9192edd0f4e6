// A redis-server of Debian's for the queue that we are measured against.
import { spawn, spawnSync } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './free-port.mjs';

/** Every write flushed before it is answered. Answers { host, port, about, stop }, or { absent } with the reason. */
export async function startRedis(dir) {
  const found = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (found.status !== 0) return { absent: 'no redis-server (apt-get install redis-server)' };
  const folder = join(dir, 'redis');
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always'];
  const server = spawn('redis-server', [...options, ...durable].map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}`)));
    server.stdout.on('data', (text) => {
      if (String(text).includes('Ready to accept connections')) resolve();
    });
  });
  return {
    host: '127.0.0.1',
    port,
    about: `Redis ${/v=([\d.]+)/.exec(found.stdout)?.[1]}, appendfsync always`,
    async stop() {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    },
  };
}
