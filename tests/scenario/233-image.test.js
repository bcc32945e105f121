// The image: from scratch, small, read-only, without a capability, as anybody; its HEALTHCHECK, and what is in it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { makeFolder, removeFolder } from '../lib/config.js';
import { freePort, get, ROOT } from '../lib/ddc.js';
import { Discord } from '../lib/discord.js';
import { Engine } from '../lib/engine.js';
import { until } from '../lib/wait.js';
import { CONTROL, MAXI, STATUS, TOKEN } from '../lib/world.js';
import { wordsOfCompose, wordsOfPage, wordsOfUnraid } from '../lib/packaged.js';
import { Container } from '../soak/container.js';

const RELEASE = join(ROOT, 'build-release/ddc');
const wanted = { skip: !existsSync(RELEASE) && 'make release has not been run', timeout: 240_000 };
const IMAGE_BYTES_MAX = 2 << 20;

/** "+05:45": how far that zone is from UTC at that moment, by another list of zones than ddc's. */
function offsetOf(zone, at) {
	return new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' }).formatToParts(at * 1000).find((p) => p.type === 'timeZoneName').value.replace('GMT', '') || '+00:00';
}

test('the image runs in 6 MiB, read-only, without capabilities, as anybody, and the engine calls it healthy', wanted, async (t) => {
	const engine = await Engine.start(), discord = await Discord.start();
	try {
		await engine.run('web', {});
		for (const [user, zone] of [['1000:1000', 'Europe/Berlin'], ['65534:65534', 'Asia/Kathmandu'], ['12345:54321', 'America/St_Johns']]) {
			const folder = makeFolder({ containers: ['web'] });
			const ddc = await Container.start({ host: engine, folder, socketFolder: engine.folder, api: discord.api, token: TOKEN, port: await freePort(), user, env: { TZ: zone }, more: ['--health-interval', '1s'] });
			try {
				await ddc.waitHealth(200);
				await discord.panel(STATUS, 'ddc1:pick');
				// there is no zoneinfo in it: the rules are in the program
				await discord.run(MAXI, CONTROL, 'restart', { container: 'web' }, { wait: true });
				const acts = await until('the act is recorded', () => existsSync(join(folder.logs, 'user_actions.json')) && JSON.parse(readFileSync(join(folder.logs, 'user_actions.json'), 'utf8')).find((a) => a.target === 'web'));
				assert.deepEqual([acts.timezone, acts.timestamp.slice(-6)], [zone, offsetOf(zone, acts.timestamp_unix)]);
				await until(`healthy as ${user}`, async () => (await ddc.state()).Health?.Status === 'healthy', { timeoutMs: 30_000 });
				ddc.exec('health');
				assert.match(ddc.report(), /^cgroup, limit +6\.0 MB$/m);
				const status = readFileSync(`/proc/${ddc.pid}/status`, 'utf8');
				assert.match(status, new RegExp(`^Uid:\\s+${user.split(':')[0]}\\s`, 'm'));
				assert.match(status, /^CapEff:\s+0+$/m);
				assert.match(status, /^NoNewPrivs:\s+1$/m);
				const { HostConfig } = await ddc.inspect();
				assert.equal(HostConfig.ReadonlyRootfs, true);
				t.diagnostic(`${user}: ${JSON.stringify(await ddc.figures())}`);
				assert.equal(await ddc.stop(), 0, 'it ends at once and in peace');
			} catch (error) {
				error.message += `\n${ddc.tail()}`;
				throw error;
			} finally {
				await ddc.remove();
				removeFolder(folder);
			}
		}
	} finally {
		await Promise.all([engine.stop(), discord.stop()]);
	}
});

/** ddc in its container beside an engine and a Discord of its own, while body runs. options: of Container.start(). */
async function inContainer(options, body) {
	const engine = await Engine.start(), discord = await Discord.start();
	const folder = makeFolder({ containers: ['web'] });
	const ddc = await Container.start({ host: engine, folder, socketFolder: engine.folder, api: discord.api, token: TOKEN, port: await freePort(), ...options });
	try {
		await body({ ddc, engine, discord });
	} finally {
		await ddc.remove();
		removeFolder(folder);
		await Promise.all([engine.stop(), discord.stop()]);
	}
}

test('an unhealthy ddc is called so: the HEALTHCHECK can fail', wanted, () => inContainer({ env: { DOCKER_HOST: 'unix:///run/engine/nothing.sock' }, more: ['--health-interval', '1s', '--health-start-period', '1s', '--health-retries', '2'] }, async ({ ddc }) => {
	await until('/health says why', async () => (await get(`${ddc.url}/health`)).status === 503);
	await until('unhealthy', async () => (await ddc.state()).Health?.Status === 'unhealthy', { timeoutMs: 30_000 });
}));

test('with the web side switched off the engine calls it healthy all the same', wanted, () => inContainer({ port: 0, more: ['--health-interval', '1s', '--health-start-period', '1s', '--health-retries', '1'] }, async ({ ddc, discord }) => {
	await discord.panel(STATUS, 'ddc1:pick');
	await until('healthy', async () => (await ddc.state()).Health?.Status === 'healthy', { timeoutMs: 30_000 });
	assert.match((await ddc.state()).Health.Log.at(-1).Output, /switched off \(DDC_WEB_PORT is 0\)/);
}));

test('docker update --memory is followed while it runs', wanted, () => inContainer({ memory: '12m', env: { DDC_MEMORY_CHECK_INTERVAL: '5' } }, async ({ ddc, engine }) => {
	await until('the first limit is told', () => /Memory limit 11\d{3} KB.*container: 12288 KB/.test(ddc.tail()));
	await engine.must('POST', '/containers/ddc/update', { Memory: 6 << 20, MemorySwap: 6 << 20 });
	await until('the new one is in force', () => /Memory limit 5\d{3} KB.*container: 6144 KB/.test(ddc.tail()), { timeoutMs: 30_000 });
	assert.match(ddc.report(), /^cgroup, limit +6\.0 MB$/m);
}));

// An engine that refuses a word of these files is the first thing that somebody would see of ddc.
const WAYS = { 'docs/docker.md': wordsOfPage, 'packaging/compose.yaml': wordsOfCompose, 'packaging/unraid/ddc.xml': wordsOfUnraid };

test('a real engine takes every word of the page, of the compose file and of the Unraid template, and ddc runs with them', wanted, async (t) => {
	const engine = await Engine.start({ network: true });
	const env = { ...process.env, DOCKER_HOST: engine.host, DOCKER_CONFIG: engine.folder, DISCORD_BOT_TOKEN: '' };
	const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'pipe'] });
	try {
		execFileSync(join(ROOT, 'tools/image'), { env, stdio: ['ignore', 'pipe', 'pipe'] });
		for (const [path, words] of Object.entries(WAYS)) {
			const folder = makeFolder({ containers: ['web'] }), port = await freePort();
			try {
				if (path !== 'packaging/unraid/ddc.xml') // the others say: the two folders must belong to that user
					execFileSync('chown', ['-R', '1000:1000', folder.config, folder.logs]);
				docker('run', '--detach', ...words({ folder, socket: engine.socket, port }));
				await until(`${path}: /health at the published port`, async () => /token/i.test((await get(`http://127.0.0.1:${port}/health`)).text), { timeoutMs: 30_000 });
				assert.match(docker('exec', 'ddc', 'ddc', 'memory'), /^cgroup, limit +6\.0 MB$/m, path);
				const { HostConfig, State } = await engine.inspect('ddc');
				assert.deepEqual([HostConfig.Memory, HostConfig.MemorySwap, HostConfig.MemoryReservation, HostConfig.ReadonlyRootfs, State.Running], [6 << 20, 6 << 20, 6 << 20, true, true], path);
				await until(`${path}: it reaches the engine`, async () => (await get(`http://127.0.0.1:${port}/health`)).body.details.docker === 'up');
				const complaints = docker('logs', 'ddc').split('\n').filter((l) => /Z (warn|error) /.test(l) && !/no bot token/.test(l));
				assert.deepEqual(complaints, [], path);
				t.diagnostic(`${path}: runs`);
			} catch (error) {
				error.message = `${path}: ${error.message}${error.stderr ?? ''}`;
				throw error;
			} finally {
				await engine.api('DELETE', '/containers/ddc?force=1');
				removeFolder(folder);
			}
		}
	} finally {
		await engine.stop();
	}
});

test('what is in it: one static binary, certificates, two empty folders, all in 2 MiB', wanted, () => {
	const rootfs = join(ROOT, 'build-release/rootfs');
	execFileSync(join(ROOT, 'tools/image'), ['rootfs']);
	const files = execFileSync('find', [rootfs, '-type', 'f', '-printf', '%P %s\n'], { encoding: 'utf8' }).trim().split('\n').map((l) => l.split(' '));
	assert.deepEqual(files.map(([name]) => name).sort(), ['ddc', 'etc/passwd', 'etc/ssl/certs/ca-certificates.crt']);
	assert.ok(files.reduce((sum, [, size]) => sum + Number(size), 0) <= IMAGE_BYTES_MAX);
	assert.doesNotMatch(execFileSync('readelf', ['-W', '-l', '-S', join(rootfs, 'ddc')], { encoding: 'utf8' }), /INTERP|\.symtab|\.debug/, 'static and stripped');
	assert.match(readFileSync(join(rootfs, 'etc/ssl/certs/ca-certificates.crt'), 'utf8'), /BEGIN CERTIFICATE/);
});
