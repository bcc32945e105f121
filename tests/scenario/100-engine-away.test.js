// The Docker Engine is not there, goes, comes back: ddc says so, never calls a container stopped that it cannot see, recovers.

import assert from 'node:assert/strict';
import { Engine } from '../lib/engine.js';
import { Proxy } from '../lib/proxy.js';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { ICON, openControlPanel, panels, shown } from '../lib/people.js';
import { MAXI } from '../lib/world.js';

scenario('absent at the start: the panel says "cannot tell", health says why; it comes, and all is well by itself', {
	engine: false, containers: ['web'], ready: false, dockerHost: async (stage) => {
		stage.late = new Engine({});
		stage.defer(() => stage.late.stop());
		return stage.late.host;
	},
}, async (stage) => {
	const { discord, ddc, late } = stage;
	const { overview } = await panels(stage);
	const sick = await ddc.waitHealth(503, /[Dd]ocker/);
	assert.match(sick.text, /docker\.sock|no such file/i, 'the reason names the socket');
	await discord.shows(overview, shown('web', ICON.unknown));
	await late.launch();
	await late.importImage();
	await late.run('web');
	await discord.shows(overview, shown('web', ICON.running), { timeoutMs: 40_000 });
	await ddc.waitHealth(200, /./, { timeoutMs: 40_000 });
});

scenario('restarted in the middle: stale while it is away, never "stopped"; an action meanwhile says why; then current again', { containers: ['web', 'db'] }, async (stage) => {
	const { discord, ddc, engine } = stage;
	const { overview, admin } = await panels(stage);
	await discord.shows(overview, shown('web', ICON.running));
	const seq = await discord.lastSeq();
	await engine.kill();
	await discord.shows(overview, shown('web', ICON.unknown));
	assert.match(words(await discord.message(overview.id)), /\*\*web\*\* · Last seen: Running/, 'what it was is still told');
	await ddc.waitHealth(503, /[Dd]ocker/);
	const answer = await discord.click(MAXI, admin, 'ddc1:restart:web', { force: true });
	const told = await discord.wait({ channel: admin.channel_id, user: MAXI, by_bot: true, text: '[Dd]ocker|[Ee]ngine' });
	assert.ok(answer && told);
	const between = (await discord.journal({ kind: 'rest', since: seq, method: 'PATCH' })).map((e) => JSON.stringify(e.body ?? ''));
	assert.ok(!between.some((text) => shown('web', ICON.stopped).test(text)), 'it never called the container stopped');
	await engine.launch();
	await engine.start('web').catch(() => {}); // a killed engine takes its containers along
	await discord.shows(overview, shown('web', ICON.running), { timeoutMs: 60_000 });
	await ddc.waitHealth(200, /./, { timeoutMs: 60_000 });
	await engine.stopContainer('db').catch(() => {});
	await discord.shows(overview, new RegExp(`(?:${ICON.stopped}|${ICON.failed}) [^\\n\\\\]{0,40}\\*\\*db`));
});

scenario('an engine that accepts and does not answer: Discord is served all the same', { containers: ['web'] }, async (stage) => {
	const { discord, ddc, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	engine.freeze();
	stage.defer(() => engine.thaw());
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	const answer = await discord.press(MAXI, mine, /ddc1:restart:web/, { wait: true });
	assert.notEqual(answer.outcome, 'no_response');
	await discord.shows(admin, shown('web', ICON.pending));
	assert.notEqual((await discord.run(MAXI, admin.channel_id, 'ping')).outcome, 'no_response');
	assert.ok((await ddc.health()).status);
	engine.thaw();
	await discord.shows(admin, shown('web', ICON.running), { timeoutMs: 30_000 });
});

scenario('slow: the panels come when the engine answers, and no answer to Discord waits for it', {
	containers: ['web'], ready: false, dockerHost: async (stage) => {
		stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
		stage.defer(() => stage.proxy.stop());
		stage.proxy.when(/\/containers\//, { delayMs: 2500 });
		return stage.proxy.host;
	},
}, async (stage) => {
	const { discord } = stage;
	const { overview } = await panels(stage);
	await discord.wait({ commands: 4 });
	const help = await discord.run(MAXI, overview.channel_id, 'help');
	assert.equal(help.outcome, 'message');
	await discord.shows(overview, shown('web', ICON.running), { timeoutMs: 20_000 });
});

scenario('a socket proxy that forbids: the sentence says so; reading goes on where only acting is forbidden', {
	containers: ['web'], dockerHost: async (stage) => {
		stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
		stage.defer(() => stage.proxy.stop());
		stage.proxy.when(/^POST /, { status: 403, body: '<html>403 Forbidden</html>', headers: { 'Content-Type': 'text/html' } });
		return stage.proxy.host;
	},
}, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	await discord.shows(admin, shown('web', ICON.running));
	const { StartedAt } = await engine.state('web');
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	await discord.press(MAXI, mine, /ddc1:restart:web/);
	const { messages } = await discord.wait({ channel: mine.channel_id, user: MAXI, by_bot: true, text: '403|forb|refus|proxy' });
	assert.match(words(messages.at(-1)), /403|forb|refus|proxy/i);
	await discord.shows(admin, shown('web', ICON.running)); // what is under way is taken back
	assert.equal((await engine.state('web')).StartedAt, StartedAt);
});

scenario('everything forbidden: health and panel say so, and it recovers when allowed', {
	containers: ['web'], ready: false, dockerHost: async (stage) => {
		stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
		stage.defer(() => stage.proxy.stop());
		stage.allow = stage.proxy.when(/./, { status: 403, body: '{"message":"<form action=//evil.example>forbidden & more"}', headers: { 'Content-Type': 'application/json' } });
		return stage.proxy.host;
	},
}, async (stage) => {
	const { discord, ddc } = stage;
	const { overview } = await panels(stage);
	await ddc.waitHealth(503, /403|forb|refus/i);
	const page = await (await fetch(`${ddc.url}/`)).text();
	assert.ok(page.includes('&lt;form action=//evil.example&gt;forbidden &amp; more') && !page.includes('<form'), page);
	await discord.shows(overview, shown('web', ICON.unknown));
	stage.allow();
	await discord.shows(overview, shown('web', ICON.running), { timeoutMs: 40_000 });
});

for (const [what, rule] of [
	['no HTTP at all', { raw: 'SSH-2.0-OpenSSH_9.2\r\n' }], ['JSON that breaks off', { cut: 40 }], ['an answer that is not JSON', { status: 200, body: '<html>Welcome to nginx!</html>' }],
	['JSON of another shape', { status: 200, body: '{"list":[1,2,{"Id":[]}]}' }], ['deep JSON', { status: 200, body: '['.repeat(20_000) }],
])
	scenario(`garbage in the place of the list (${what}): cannot tell, alive, and well again afterwards`, {
		containers: ['web'], ready: false, dockerHost: async (stage) => {
			stage.proxy = await Proxy.start(stage.engine, stage.folder.top);
			stage.defer(() => stage.proxy.stop());
			stage.heal = stage.proxy.when(/GET .*\/containers\/json/, rule);
			return stage.proxy.host;
		},
	}, async (stage) => {
		const { discord, ddc } = stage;
		const { overview } = await panels(stage);
		await ddc.waitHealth(503, /[Dd]ocker/);
		await discord.shows(overview, shown('web', ICON.unknown));
		ddc.assertAlive();
		stage.heal();
		await discord.shows(overview, shown('web', ICON.running), { timeoutMs: 40_000 });
	});
