// What tools/demo starts: an engine (private, or the one that is there), the sandbox (or the real Discord), and ddc.

import { execFileSync } from 'node:child_process';
import net from 'node:net';
import { makeFolder, removeFolder, writeConfig } from '../tests/lib/config.js';
import { Ddc, freePort } from '../tests/lib/ddc.js';
import { Discord } from '../tests/lib/discord.js';
import { Engine } from '../tests/lib/engine.js';
import { ICON, openControlPanel, shown } from '../tests/lib/people.js';
import { until } from '../tests/lib/wait.js';
import { ALL_CHANNELS } from '../tests/lib/config.js';
import { CONTROL, JOERG, MAXI, STATUS, TOKEN } from '../tests/lib/world.js';

const [whose, mode] = process.argv.slice(2);
const CHECK = mode === '--check';
const REAL_TOKEN = process.env.DISCORD_BOT_TOKEN;

const health = (test) => ({ Healthcheck: { Test: ['CMD-SHELL', test], Interval: 2e9, Timeout: 1e9, Retries: 1, StartPeriod: 0 } });
const CHATTY = 'trap "echo saving the world; sleep 1; exit 0" TERM; echo listening on 25565; while :; do sleep 20 & wait $!; date; done';

// Every state that the panels tell apart, and names as people give them.
const SAMPLES = [
	{ name: 'minecraft', display_name: 'Minecraft Überleben', run: CHATTY, info: { enabled: true, show_ip: true, custom_ip: 'play.example.org', custom_port: '25565', custom_text: 'Survival. Ask Jörg for the modpack.' } },
	{ name: 'valheim', display_name: 'Valheim – Midgard', start: false },
	{ name: 'plex', display_name: 'Plex', docker: health('true') },
	{ name: 'nextcloud', display_name: 'Nextcloud (Familie)', docker: health('false') },
	{ name: 'homeassistant', display_name: 'Home Assistant', allowed_actions: ['status', 'restart'] },
	{ name: 'backup', display_name: 'Nächtliche Sicherung', run: 'exit 137' },
	{ name: 'paperless', display_name: 'Paperless', run: 'echo no database; sleep 1; exit 1', docker: { HostConfig: { RestartPolicy: { Name: 'always' } } } },
	{ name: 'jellyfin', display_name: 'Jellyfin (port taken)', start: false, docker: 'taken port' },
];

const closers = []; // the latest is closed first
let leaving;

async function leave(status) {
	leaving ??= (async () => {
		for (const close of closers.reverse())
			await Promise.resolve(close()).catch((error) => console.error(`demo: ${error.message}`));
	})();
	await leaving;
	process.exit(status);
}

const say = (text = '') => console.log(text);

async function portFreeOr(wanted) {
	const free = await new Promise((done) => {
		const server = net.createServer().once('error', () => done(false)).listen(wanted, '127.0.0.1', () => server.close(() => done(true)));
	});
	return free ? wanted : freePort();
}

// ---- the engine and its containers ----

async function privateEngine() {
	say('demo: starting a private Docker Engine with sample containers');
	const engine = new Engine({ network: true });
	closers.push(() => engine.stop());
	await engine.launch();
	await engine.importImage();
	// somebody sits on Jellyfin's port, so that one can see how a failing start is told
	const squatter = net.createServer().listen(0, '127.0.0.1');
	closers.push(() => squatter.close());
	await new Promise((done) => squatter.once('listening', done));
	const taken = { ExposedPorts: { '8096/tcp': {} }, HostConfig: { PortBindings: { '8096/tcp': [{ HostIp: '127.0.0.1', HostPort: String(squatter.address().port) }] } } };
	for (const { name, run, start, docker } of SAMPLES)
		await engine.run(name, { run, start, ...(docker === 'taken port' ? taken : docker) });
	return { host: engine.host, engine, containers: SAMPLES.map(({ run, start, docker, ...settings }) => settings) };
}

function theirEngine() {
	const names = execFileSync('docker', ['ps', '-a', '--format', '{{.Names}}'], { encoding: 'utf8' }).trim().split('\n').sort();
	const host = process.env.DOCKER_HOST ?? execFileSync('docker', ['context', 'inspect', '--format', '{{.Endpoints.docker.Host}}'], { encoding: 'utf8' }).trim();
	say(`demo: using the Docker Engine at ${host}, which has ${names.length} containers. The buttons act on them for real.`);
	return { host, containers: names.map((name) => ({ name })) };
}

// ---- Discord ----

async function sandbox() {
	const discord = await Discord.start({ port: await portFreeOr(8800) });
	closers.push(() => discord.stop());
	return discord;
}

/** With a real token: the channels that the environment names. Somebody's channel is never written to unasked. */
function realChannels() {
	const { DDC_DEMO_STATUS_CHANNEL: status, DDC_DEMO_CONTROL_CHANNEL: control } = process.env;
	return [status && { id: status, kind: 'status' }, control && { id: control, kind: 'control' }].filter(Boolean);
}

// ---- ddc ----

async function startDdc({ host, containers }, discord) {
	const folder = makeFolder();
	closers.push(() => removeFolder(folder));
	writeConfig(folder.config, REAL_TOKEN
		? { containers, channels: realChannels(), admins: [process.env.DDC_DEMO_ADMIN].filter(Boolean), config: { guild_id: null }, cooldowns: { buttons: { start: 3, stop: 3, restart: 3 } } }
		: { containers, channels: ALL_CHANNELS, admins: [MAXI, JOERG], cooldowns: { buttons: { start: 3, stop: 3, restart: 3 } } });
	if (REAL_TOKEN && process.env.DDC_CONFIG_DIR)
		folder.config = process.env.DDC_CONFIG_DIR;
	const docker = Object.fromEntries(['DOCKER_TLS_VERIFY', 'DOCKER_CERT_PATH'].map((name) => [name, whose === 'theirs' ? process.env[name] : undefined]));
	const ddc = new Ddc({ folder, api: discord?.api, dockerHost: host, token: REAL_TOKEN ?? TOKEN, env: { ...docker, DDC_LOG_LEVEL: process.env.DDC_LOG_LEVEL ?? 'info' } });
	ddc.port = await portFreeOr(9374);
	closers.push(() => ddc.stop());
	if (REAL_TOKEN)
		ddc.note = (text) => say(text); // the invite link, and what is missing, are in its log
	await ddc.start();
	ddc.ended.then(({ code, signal }) => {
		if (leaving)
			return;
		say(`demo: ddc has ended (${code ?? signal}). Its last lines:\n${ddc.tail(15)}`);
		void leave(1);
	});
	return { ddc, folder };
}

function tellWhatToDo(ddc, folder, discord) {
	say();
	if (discord) {
		say(`  Chat page   ${discord.url}/#${MAXI}/${CONTROL}`);
		say(`  ddc         ${ddc.url}/health`);
		say();
		say('  On the chat page you are Maxi, an admin, in #admin-control:');
		say('    - press 🛠️, choose "Minecraft Überleben", press Restart; look at #server-status at the same time');
		say('    - start "Jellyfin (port taken)": the reason is the engine\'s own');
		say('    - be Ada (bottom left) in #server-status: she sees everything and may control nothing');
		say('    - type /help, /ss, /control, /ping');
		say(`    - docker -H ${ddc.options.dockerHost} kill plex      and look how long the panels need`);
	} else {
		say('  ddc talks to the real Discord now; its log is below, with the invite link and what is missing.');
		say(`  ddc         ${ddc.url}/health`);
		say(`  settings    ${folder.config}   (changes are taken over at once)`);
		say('  DDC_DEMO_STATUS_CHANNEL, DDC_DEMO_CONTROL_CHANNEL and DDC_DEMO_ADMIN may name channels and yourself by id.');
	}
	say();
	say('  Ctrl-C ends everything.');
	say();
}

// ---- --check: press Restart and look ----

async function check(stage) {
	const { discord, engine } = stage;
	const admin = await discord.panel(CONTROL, shown('Minecraft Überleben', ICON.running));
	const overview = await discord.panel(STATUS, /Minecraft/);
	const before = (await engine.state('minecraft')).StartedAt;
	const panel = await openControlPanel(stage, MAXI, admin, 'minecraft');
	const pressed = performance.now();
	const ms = () => `${Math.round(performance.now() - pressed)} ms`;
	await discord.press(MAXI, panel, /ddc1:restart:minecraft/, { wait: true });
	say(`demo: Restart pressed on "Minecraft Überleben", answered after ${ms()}`);
	await discord.shows(overview, shown('Minecraft Überleben', ICON.pending));
	say(`demo: pending on the overview after ${ms()}`);
	await Promise.all([discord.shows(overview, shown('Minecraft Überleben', ICON.running)), discord.shows(admin, shown('Minecraft Überleben', ICON.running))]);
	const after = await until('the container was restarted', async () => {
		const state = await engine.state('minecraft');
		return state.Running && state.StartedAt !== before ? state : undefined;
	});
	say(`demo: running again since ${after.StartedAt}, on both panels after ${ms()}`);
	await discord.assertClean();
}

async function main() {
	const place = whose === 'theirs' && !CHECK ? theirEngine() : await privateEngine();
	const discord = REAL_TOKEN && !CHECK ? undefined : await sandbox();
	const { ddc, folder } = await startDdc(place, discord);
	if (!CHECK) {
		if (discord)
			await ddc.waitHealth();
		tellWhatToDo(ddc, folder, discord);
		return;
	}
	await ddc.waitHealth();
	await check({ discord, engine: place.engine, ddc });
	say('demo: 1 passed, 0 failed');
	await leave(0);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	process.on(signal, () => {
		if (!leaving)
			say(`\ndemo: ending everything`);
		void leave(0);
	});
process.on('uncaughtException', (error) => {
	console.error(`demo: ${error.stack}`);
	void leave(1);
});
main().catch((error) => {
	console.error(`demo: ${error.message}`);
	if (CHECK)
		say('demo: 0 passed, 1 failed');
	void leave(1);
});
