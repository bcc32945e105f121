// Every variable of the option table, set to its smallest, its largest, beyond both, and to nonsense of many kinds: one clear warning where
// one is due, none where not, a sensible value in force; and a daemon that works with all of them at once.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { makeFolder, removeFolder } from '../lib/config.js';
import { BINARY, get, ROOT } from '../lib/ddc.js';
import { openControlPanel } from '../lib/people.js';
import { scenario } from '../lib/stage.js';
import { ADA, MAXI, STATUS } from '../lib/world.js';

const UNUSED = /\*\*No effect/;

/** The variables, from the program itself. */
function readTable() {
	const { stdout } = spawnSync(BINARY, ['config', 'options', '--markdown'], { encoding: 'utf8' });
	const rows = stdout.split('## config.json')[0].split('\n').map((line) => /^\| `([A-Z_]+)` \| (.*?) \| (.*?) \| (.*?) \| /.exec(line)).filter(Boolean);
	return rows.map(([, name, def, allowed, meaning]) => ({ name, def: def.replaceAll('`', ''), allowed: allowed.replaceAll('`', ''), meaning, ...kindOf(allowed) }));
}

function kindOf(allowed) {
	const range = /^(\d+) to (\d+)$/.exec(allowed);
	if (range)
		return { kind: 'number', min: BigInt(range[1]), max: BigInt(range[2]) };
	if (/^yes, no$/.test(allowed))
		return { kind: 'yes/no' };
	if (/^id of Discord$/.test(allowed))
		return { kind: 'id' };
	return { kind: allowed.startsWith('`') ? 'choice' : allowed };
}

const TABLE = readTable();
const of = (kind) => TABLE.filter((o) => o.kind === kind);

/** {problems: {name: [lines]}, values: {name: {value, source}}} with these variables and nothing else. */
function ask(env) {
	const folder = makeFolder({ containers: ['web'] });
	try {
		const run = (...args) => spawnSync(BINARY, args, { encoding: 'utf8', env: { PATH: process.env.PATH, DISCORD_BOT_TOKEN: 'x.y.z', ...env, DDC_CONFIG_DIR: folder.config } });
		const checked = run('config', 'check'), shown = run('config', 'show');
		assert.ok(checked.status === 0 || checked.status === 1, `config check ended with ${checked.status} ${checked.signal}: ${checked.stderr}`);
		assert.equal(shown.status, 0, shown.stderr);
		const problems = {}, values = {};
		for (const line of `${checked.stdout}${checked.stderr}`.split('\n'))
			if (/^environment: /.test(line))
				(problems[/^environment: (\w+):/.exec(line)?.[1]] ??= []).push(line);
		for (const [, name, value, source] of shown.stdout.matchAll(/^(\S+) +(.*?) {3}\((\w+).*\)$/gm))
			values[name] = { value, source };
		return { problems, values };
	} finally {
		removeFolder(folder);
	}
}

/** Sets each of these options to what `value` says and holds what comes out against `expect`: {warns, value, source}. */
function holds(what, options, value, expect) {
	test(`${what} (${options.length} variables)`, () => {
		assert.ok(options.length > 0);
		const { problems, values } = ask(Object.fromEntries(options.map((o) => [o.name, value(o)])));
		const wrong = [];
		for (const o of options) {
			const { warns, source, value: wanted } = expect(o), lines = problems[o.name] ?? [];
			if (lines.length !== (warns ? 1 : 0))
				wrong.push(`${o.name}=${value(o)}: ${lines.length} warnings: ${lines.join(' / ')}`);
			for (const line of lines)
				if (!/is not allowed here; it must be .*\. (The nearest allowed number is used|The variable is not used)\.$/.test(line) || line.length > 400)
					wrong.push(`no clear sentence: ${line}`);
			const got = values[o.name] ?? (UNUSED.test(o.meaning) && { value: o.def, source: 'default' }); // a default without effect is not shown
			if (!got || got.source !== source || (wanted !== undefined && got.value.split(' ')[0] !== String(wanted)))
				wrong.push(`${o.name}=${value(o)}: ${JSON.stringify(got)}, not ${wanted} (${source})`);
		}
		assert.deepEqual(Object.keys(problems).filter((name) => !options.some((o) => o.name === name)), [], 'nobody else is complained of');
		assert.deepEqual(wrong, []);
	});
}

const taken = (value) => (o) => ({ warns: false, source: 'environment', value: value(o) });
const clamped = (value) => (o) => ({ warns: true, source: 'environment', value: value(o) });
const ignored = (o) => ({ warns: true, source: 'default', value: o.kind === 'number' || o.kind === 'yes/no' ? o.def.split(' ')[0] : undefined });
const unset = (o) => ({ ...ignored(o), warns: false });

const NUMBERS = of('number');
holds('the smallest', NUMBERS, (o) => `${o.min}`, taken((o) => o.min));
holds('the largest', NUMBERS, (o) => `${o.max}`, taken((o) => o.max));
holds('the largest with a point, a plus and blanks', NUMBERS, (o) => ` +${o.max}.0 `, taken((o) => o.max));
holds('below the smallest', NUMBERS, (o) => `${o.min - 1n}`, clamped((o) => o.min));
holds('far below', NUMBERS, () => '-99999999999999999999999999', clamped((o) => o.min));
holds('above the largest', NUMBERS, (o) => `${o.max + 1n}`, clamped((o) => o.max));
holds('more digits than a number has', NUMBERS, () => '9'.repeat(60), clamped((o) => o.max));
for (const nonsense of ['lots', '1e30', '256M', '256MB', '30s', '0x10', '1,5', '1 2', '--1', '-', '.', 'NaN', 'inf', '٣', '½', '$(id)', '5;', 'x'.repeat(5000)])
	holds(`numbers: ${nonsense.slice(0, 12)}`, NUMBERS, () => nonsense, ignored);
for (const nothing of ['', ' ', '\t'])
	holds(`empty: ${JSON.stringify(nothing)}`, TABLE.filter((o) => !['DDC_CONFIG_DIR', 'DISCORD_BOT_TOKEN'].includes(o.name)), () => nothing, unset);

for (const [text, value] of [['1', 'yes'], ['TRUE', 'yes'], ['on', 'yes'], ['0', 'no'], ['no', 'no'], [' Off ', 'no']])
	holds(`yes or no: ${text}`, of('yes/no'), () => text, taken(() => value));
for (const nonsense of ['maybe', '2', '-1', '1e30', '256M', 'jein', 'true false'])
	holds(`yes or no: ${nonsense}`, of('yes/no'), () => nonsense, ignored);
holds('a choice: the last', of('choice').filter((o) => o.allowed.includes(' ')), (o) => o.allowed.split(' ').at(-1).toUpperCase(), taken((o) => o.allowed.split(' ').at(-1)));
for (const nonsense of ['huge', '-1', '1e30', 'x'.repeat(5000)])
	holds(`a choice: ${nonsense.slice(0, 12)}`, of('choice'), () => nonsense, ignored);
holds('an id', of('id'), () => MAXI, taken(() => MAXI));
for (const nonsense of ['general', '-1', '12', '1e30', '9'.repeat(21)])
	holds(`an id: ${nonsense}`, of('id'), () => nonsense, ignored);

test('what is said to have an effect is read somewhere; nothing else is', () => {
	const files = readdirSync(join(ROOT, 'src'), { recursive: true }).filter((f) => f.endsWith('.c') && !/config\/(options|profiles)\.c$/.test(f));
	const source = files.map((f) => readFileSync(join(ROOT, 'src', f), 'utf8')).join('\n');
	const used = TABLE.filter((o) => !UNUSED.test(o.meaning) && o.name !== 'FLASK_SECRET_KEY'); // its row says what ddc does instead
	assert.deepEqual(used.filter((o) => !source.includes(`"${o.name}"`)).map((o) => o.name), [], 'these say they have an effect, and nobody reads them');
	assert.deepEqual(TABLE.filter((o) => UNUSED.test(o.meaning) && source.includes(`"${o.name}"`)).map((o) => o.name).filter((n) => n !== 'TRANSLATION_API_KEY'), []); // the default of a key of channel_translations.json
});

// ---- the daemon with all of them at once ----

// These say where things are; the stage sets them.
const PLACES = ['DISCORD_BOT_TOKEN', 'DDC_CONFIG_DIR', 'DDC_LOG_DIR', 'DDC_LOG_LEVEL', 'DDC_WEB_BIND', 'DDC_WEB_PORT', 'DDC_DISCORD_API', 'DOCKER_HOST', 'DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'TZ', 'PUID', 'PGID', 'DDC_ADMIN_PASSWORD', 'DDC_METRICS_TOKEN', 'DDC_PUBLIC_IP'];
const settings = TABLE.filter((o) => !PLACES.includes(o.name));
const all = (value) => Object.fromEntries(settings.map((o) => [o.name, value(o)]).filter(([, v]) => v !== undefined));

async function works(stage) {
	const { discord, engine } = stage;
	const overview = await discord.panel(STATUS, 'ddc1:pick'); // with the smallest limits the only one
	const panel = await openControlPanel(stage, MAXI, overview, 'web');
	await discord.press(MAXI, panel, /ddc1:stop:web/, { wait: true });
	await engine.waitState('web', 'exited');
	assert.equal((await discord.run(ADA, STATUS, 'help', {}, { wait: true })).outcome, 'message');
	assert.equal((await stage.ddc.health()).status, 200);
}

scenario('a daemon with everything at its smallest', { containers: ['web'], env: all((o) => (o.kind === 'number' ? String(o.min) : o.kind === 'yes/no' ? 'false' : undefined)) }, async (stage) => {
	await works(stage);
	assert.doesNotMatch(stage.ddc.log(), /environment: /);
});

scenario('a daemon with everything at its largest', { containers: ['web'], env: { ...all((o) => (o.kind === 'number' ? String(o.max) : o.kind === 'yes/no' ? 'true' : undefined)), DDC_PUBLIC_IP: 'false' } }, async (stage) => {
	await works(stage);
	assert.doesNotMatch(stage.ddc.log(), /environment: /);
});

for (const nonsense of ['1e30', '-7 apples'])
	scenario(`a daemon with everything at ${nonsense}`, { containers: ['web'], env: { ...all((o) => (o.kind === 'text' || o.kind === 'secret' ? undefined : nonsense)), DDC_PUBLIC_IP: 'false' } }, async (stage) => {
		await works(stage);
		const wrong = settings.filter((o) => !['text', 'secret'].includes(o.kind)).map((o) => [o.name, stage.ddc.log().split('\n').filter((l) => l.includes(`environment: ${o.name}:`)).length]).filter(([, n]) => n !== 1);
		assert.deepEqual(wrong, [], 'one warning each');
	});

// ---- where the web side is: the daemon and those who ask it read the same ----

// Each its own loopback address, so that a default port is free on it.
const EVERYWHERE = { DDC_WEB_BIND: undefined };
const ASKED = [
	['a port beyond all ports', { DDC_WEB_BIND: '127.0.41.1', DDC_WEB_PORT: '70000' }, '127.0.41.1', 65535, /DDC_WEB_PORT: 70000 is not allowed here/],
	['a port that is none', { DDC_WEB_BIND: '127.0.41.2', DDC_WEB_PORT: '80apples' }, '127.0.41.2', 9374, /DDC_WEB_PORT: 80apples is not allowed here/],
	['an empty port', { DDC_WEB_BIND: '127.0.41.3', DDC_WEB_PORT: '' }, '127.0.41.3', 9374],
	['blanks around both', { DDC_WEB_BIND: ' 127.0.41.4 ', DDC_WEB_PORT: ' +9375.0 ' }, '127.0.41.4', 9375],
	['all addresses', EVERYWHERE, '127.0.0.1'],
	['all addresses of the old kind', { DDC_WEB_BIND: '0.0.0.0' }, '127.0.0.1'],
	['all addresses of both kinds', { DDC_WEB_BIND: '::' }, '[::1]'],
	['loopback of the new kind', { DDC_WEB_BIND: '::1' }, '[::1]'],
	['the same in a longer spelling', { DDC_WEB_BIND: '0:0:0::1' }, '[::1]'],
	['an old address in the new spelling', { DDC_WEB_BIND: '::ffff:127.0.41.5' }, '127.0.41.5'],
	['a name', { DDC_WEB_BIND: 'localhost' }, '127.0.0.1'],
	['no address at all', { DDC_WEB_BIND: 'eth0' }, '127.0.0.1', undefined, /DDC_WEB_BIND: eth0 is not allowed here; it must be a numeric address.* listens on 127\.0\.0\.1 only/],
];

for (const [what, env, host, port, complaint] of ASKED)
	scenario(`ddc health and ddc memory find the daemon: ${what}`, { containers: ['web'], env, ready: false }, async ({ ddc, discord }) => {
		await discord.panel(STATUS, 'ddc1:pick');
		const { status, text } = await get(`http://${host}:${port ?? ddc.port}/health`);
		assert.equal(status, 200, text);
		const health = ddc.command('health'), memory = ddc.command('memory');
		assert.equal(health.code, 0, health.out);
		assert.match(health.out, /"status":"ok"/);
		assert.equal(memory.code, 0, memory.out);
		assert.match(memory.out, /^resident/m);
		const complaints = ddc.log().split('\n').filter((l) => /DDC_WEB/.test(l));
		assert.equal(complaints.length, complaint ? 1 : 0, complaints.join('\n'));
		if (complaint)
			assert.match(complaints[0], complaint);
	});

scenario('with port 0 there is no web side: nobody listens, the HEALTHCHECK is well, ddc memory says what to do instead', { containers: ['web'], env: { DDC_WEB_PORT: '0' }, ready: false }, async ({ ddc, discord }) => {
	await discord.panel(STATUS, 'ddc1:pick');
	assert.match(ddc.log(), /web: switched off: DDC_WEB_PORT is 0/);
	assert.deepEqual(listeners(ddc.pid), []);
	assert.deepEqual(ddc.command('health'), { code: 0, out: 'the web side is switched off (DDC_WEB_PORT is 0): nobody can be asked\n' });
	const { code, out } = ddc.command('memory');
	assert.deepEqual([code, /switched off .*kill -USR1/.test(out)], [1, true], out);
});

for (const [bind, complains] of [['127.0.0.1', false], ['::', false], ['LocalHost', false], ['300.1.1.1', true], ['192.168.1.0/24', true], ['my-server', true]])
	test(`config check and the address ${bind}`, () => {
		const { problems } = ask({ DDC_WEB_BIND: bind });
		assert.equal(problems.DDC_WEB_BIND?.length ?? 0, complains ? 1 : 0, `${problems.DDC_WEB_BIND}`);
	});

scenario('when nobody answers at the port the HEALTHCHECK is not well', { containers: ['web'] }, async ({ ddc }) => {
	assert.equal(ddc.command('health').code, 0);
	await ddc.kill();
	assert.deepEqual(ddc.command('health'), { code: 1, out: 'unwell: no ddc answers on the web port\n' });
});

/** Addresses on which this process listens for TCP. */
function listeners(pid) {
	const sockets = new Set(readdirSync(`/proc/${pid}/fd`).map((fd) => /socket:\[(\d+)\]/.exec(linkOf(`/proc/${pid}/fd/${fd}`))?.[1]).filter(Boolean));
	return ['tcp', 'tcp6'].flatMap((kind) => readFileSync(`/proc/${pid}/net/${kind}`, 'utf8').trim().split('\n').slice(1).map((l) => l.trim().split(/\s+/)))
		.filter((columns) => columns[3] === '0A' && sockets.has(columns[9])).map((columns) => columns[1]);
}

function linkOf(path) {
	try {
		return readlinkSync(path);
	} catch {
		return ''; // closed meanwhile
	}
}
