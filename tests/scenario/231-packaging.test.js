// What packaging/ and its pages tell people to set: every name is an option of ddc, with an effect, and every value is allowed.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { BINARY, ROOT } from '../lib/ddc.js';

const read = (path) => readFileSync(join(ROOT, path), 'utf8');

/** The option table, from the program itself: {name: {default, allowed, meaning}}. */
function optionTable() {
	const text = execFileSync(BINARY, ['config', 'options', '--markdown'], { encoding: 'utf8' });
	const rows = text.split('\n').map((line) => /^\| `([A-Z_]+)` \| (.*?) \| (.*?) \| (.*) \|/.exec(line)).filter(Boolean);
	return new Map(rows.map(([, name, def, allowed, meaning]) => [name, { def, allowed, meaning }]));
}

const table = optionTable();

/** Of a file: [name, value]; a value may be undefined (only passed through). */
const FILES = {
	'packaging/compose.yaml': (text) => [...text.matchAll(/^ {6}([A-Z_]+): (.*)$/gm)].map(([, name, value]) => [name, /^\$\{\w+:-(.*)\}$/.exec(value)?.[1] ?? value]),
	'packaging/unraid/ddc.xml': (text) => [...text.matchAll(/<Config [^>]*Target="([A-Z_]+)" Default="([^"]*)"[^>]*Type="Variable"[^>]*>([^<]*)</g)].flatMap(([, name, def, value]) => [[name, def], [name, value]]),
	'packaging/systemd/ddc.service': (text) => [...text.matchAll(/^Environment=([A-Z_]+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
	'packaging/Dockerfile': (text) => [...(/^ENV (.*)$/m.exec(text)?.[1] ?? '').matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]).filter(([name]) => name !== 'PATH'),
	'docs/docker.md': (text) => [...text.matchAll(/(?:-e |`)([A-Z_]{3,})(?:=([^\s`]+))?/g)].map(([, name, value]) => [name, value]).filter(([name]) => table.has(name) || /^(DDC_|PUID|PGID)/.test(name)),
	'docs/raspberry-pi.md': (text) => mentioned(text),
	'docs/nas.md': (text) => mentioned(text),
};
const mentioned = (text) => [...text.matchAll(/`((?:DDC_|PU|PG)[A-Z_]+)(?:=([^\s`]+))?/g)].map(([, name, value]) => [name, value]).filter(([name]) => !['DDC_', 'DOCKER_GID'].includes(name));

function problem(name, value) {
	const option = table.get(name);
	if (!option)
		return 'is no option of ddc';
	if (/\*\*No effect/.test(option.meaning))
		return 'has no effect';
	const range = /^(\d+) to (\d+)$/.exec(option.allowed);
	if (value && range && !(/^\d+$/.test(value) && Number(value) >= Number(range[1]) && Number(value) <= Number(range[2])))
		return `is ${value}, allowed is ${option.allowed}`;
	return undefined;
}

for (const [path, settings] of Object.entries(FILES))
	test(`${path}: every variable is an option, every value allowed`, () => {
		const all = settings(read(path));
		assert.ok(all.length >= 2, `nothing found in ${path}`);
		assert.deepEqual(all.map(([name, value]) => [name, problem(name, value)]).filter(([, wrong]) => wrong), []);
	});

test('the check finds what is wrong', () => {
	assert.match(problem('DDC_MEMORY_LIMT_MB', '5'), /no option/);
	assert.match(problem('DDC_MAX_CACHE_SIZE', 'many'), /allowed/);
	assert.match(problem('DDC_WAITRESS_THREADS', '4'), /no effect/);
});

test('ddc itself takes them without a word: no warning about a variable of the compose file', () => {
	const env = Object.fromEntries(FILES['packaging/compose.yaml'](read('packaging/compose.yaml')).filter(([, value]) => value));
	const out = execFileSync(BINARY, ['config', 'show'], { encoding: 'utf8', env: { PATH: process.env.PATH, DDC_CONFIG_DIR: '/nonexistent-ddc', ...env } });
	for (const [name, value] of Object.entries(env).filter(([n]) => n.startsWith('DDC_')))
		assert.match(out, new RegExp(`${name}\\s.*\\b${value}\\b`), `${name} is not in force`);
});

// "Minimum memory limit allowed is 6MB", "Minimum memory reservation allowed is 6MB": an engine refuses what is smaller, and a reservation
// above the limit.
const DOCKER_LEAST_MB = 6;
const DOCKER_MEMORY = {
	'packaging/compose.yaml': { limit: /mem_limit: (\d+)m$/m, swap: /memswap_limit: (\d+)m$/m, reservation: /mem_reservation: (\d+)m$/m },
	'packaging/unraid/ddc.xml': { limit: /--memory (\d+)m /, swap: /--memory-swap (\d+)m /, reservation: /--memory-reservation (\d+)m / },
	'docs/docker.md': { limit: /--memory (\d+)m /, swap: /--memory-swap (\d+)m /, reservation: /--memory-reservation (\d+)m / },
};

function memoryProblem({ limit, swap, reservation, soft, cleanup }) {
	if (!(limit >= DOCKER_LEAST_MB && reservation >= DOCKER_LEAST_MB))
		return 'smaller than Docker takes';
	if (reservation > limit)
		return 'the reservation lies above the limit';
	if (swap !== limit)
		return 'it may swap';
	return cleanup < soft && soft < limit ? undefined : 'not clean-up below soft below hard';
}

test('the memory limits agree with each other: what Docker takes, soft below hard, clean-up below soft', () => {
	for (const [path, patterns] of Object.entries(DOCKER_MEMORY)) {
		const text = read(path), values = Object.fromEntries(FILES[path](text).filter(([, value]) => value));
		const found = Object.fromEntries(Object.entries(patterns).map(([what, pattern]) => [what, Number(pattern.exec(text)?.[1])]));
		assert.equal(memoryProblem({ ...found, soft: Number(values.DDC_MEMORY_LIMIT_MB), cleanup: Number(values.DDC_GC_THRESHOLD_MB) }), undefined, `${path}: ${JSON.stringify(found)}`);
	}
	const good = { limit: 6, swap: 6, reservation: 6, soft: 5, cleanup: 4 };
	for (const [wrong, why] of [[{ reservation: 2 }, /smaller/], [{ reservation: 7 }, /above/], [{ swap: 12 }, /swap/], [{ soft: 6 }, /below/], [{ cleanup: 5 }, /below/]])
		assert.match(memoryProblem({ ...good, ...wrong }), why);
});

/** What keeps ddc from writing its two folders when a unit file starts it. */
function unitProblem(text) {
	const of = (key) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1];
	const owned = { DDC_CONFIG_DIR: `/var/lib/${of('StateDirectory')}`, DDC_LOG_DIR: `/var/log/${of('LogsDirectory')}` };
	for (const [name, folder] of Object.entries(owned))
		if (of(`Environment=${name}`) !== folder)
			return `${name} is not the folder that systemd gives to the user, ${folder}`;
	if (of('ConfigurationDirectory'))
		return 'systemd makes ConfigurationDirectory, and it stays root\'s';
	if (!of('User') || !new RegExp(`^# .*useradd .* ${of('User')}$`, 'm').test(text))
		return 'nothing says how its user is made';
	return /^ProtectSystem=strict$/m.test(text) ? undefined : 'it may write elsewhere';
}

test('the systemd unit runs ddc as a user who owns the folder of settings and that of logs', () => {
	const unit = read('packaging/systemd/ddc.service');
	assert.equal(unitProblem(unit), undefined);
	assert.match(unitProblem(unit.replace(/^StateDirectory=/m, 'ConfigurationDirectory=')), /DDC_CONFIG_DIR/);
	assert.match(unitProblem(`${unit}ConfigurationDirectory=ddc\n`), /stays root's/);
	assert.match(unitProblem(unit.replace('useradd', 'addme')), /how its user is made/);
});

test('the Unraid template has the guide\'s three settings, the original\'s paths, and hides what is secret', () => {
	const xml = read('packaging/unraid/ddc.xml');
	const fields = [...xml.matchAll(/<Config ([^>]*)>/g)].map(([, text]) => Object.fromEntries([...text.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v])));
	const of = (target) => fields.find((f) => f.Target === target) ?? assert.fail(`no field for ${target}`);
	for (const name of ['DDC_MAX_CACHE_SIZE', 'DDC_MAX_PENDING_ACTIONS', 'DDC_MEMORY_LIMIT_MB'])
		assert.equal(of(name).Display, 'always');
	assert.equal(of('/app/config').Default, '/mnt/user/appdata/dockerdiscordcontrol/config');
	assert.deepEqual([of('PUID').Default, of('PGID').Default, of('9374').Type], ['99', '100', 'Port']);
	for (const name of ['DISCORD_BOT_TOKEN', 'DDC_ADMIN_PASSWORD'])
		assert.equal(of(name).Mask, 'true');
});
