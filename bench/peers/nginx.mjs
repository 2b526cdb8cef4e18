// The peer nginx (Debian's) with a static file.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../tools/daemon.mjs';
import { cpuSeconds, peerEnvironment, temporaryFolder } from '../harness.mjs';

const configuration = (folder, port) => `
daemon off;
worker_processes 1;
${process.getuid() === 0 ? 'user root;' : ''}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events {}
http {
  access_log off;
  keepalive_requests 1000000000;
  open_file_cache max=16;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(name => `${name}_temp_path ${folder}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    location / { root ${folder}/static; default_type application/json; }
  }
}
`;

/** Starts nginx with one file /home of the given bytes on one core; resolves to { url, cpu, stop }, `cpu()` in seconds. */
export async function startNginx(content, core) {
  const folder = temporaryFolder('nginx'), port = await freePort();
  mkdirSync(join(folder, 'static'));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'static/home'), content);
  writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port));
  const child = spawn('taskset', ['-c', String(core), '/usr/sbin/nginx', '-p', folder, '-c', join(folder, 'nginx.conf')],
    { env: peerEnvironment(), stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise(resolve => child.once('exit', resolve));
  process.once('exit', () => child.kill('SIGTERM'));
  const url = `http://127.0.0.1:${port}`;
  for (let i = 0; ; i++) {
    const got = await fetch(`${url}/home`).then(answer => answer.text()).catch(() => undefined);
    if (got === content) break;
    if (i === 100) throw new Error(`nginx does not serve the file: ${readFileSync(join(folder, 'error.log'), 'utf8')}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  const workers = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
  return {
    url, cpu: () => [child.pid, ...workers()].reduce((sum, pid) => sum + cpuSeconds(pid), 0),
    async stop() { child.kill('SIGTERM'); await exited; },
  };
}
