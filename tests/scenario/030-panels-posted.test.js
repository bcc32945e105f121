// After the start each configured channel has its panel, and every container's state can be told apart in it.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { hasComponent, words } from '../lib/discord.js';
import { assertShows, ICON, panels, quiet, sent } from '../lib/people.js';
import { ALL_CHANNELS } from '../lib/config.js';
import { patience } from '../lib/wait.js';
import { GAMES, STATUS } from '../lib/world.js';

const healthcheck = (test) => ({ Healthcheck: { Test: ['CMD-SHELL', test], Interval: 200e6, Timeout: 1e9, Retries: 1, StartPeriod: 0 } });

scenario('an overview in each status channel and an admin overview in the control channel, all states told apart', {
	channels: ALL_CHANNELS,
	containers: [
		{ name: 'web', display_name: 'Webserver' }, { name: 'well', docker: healthcheck('true') }, { name: 'unwell', docker: healthcheck('false') },
		{ name: 'stopped', run: 'exit 0' }, { name: 'killed', run: 'sleep 0.1; kill -9 1; exit 137' }, { name: 'crashed', run: 'exit 3' },
		{ name: 'fresh', start: false }, { name: 'nowhere', exists: false }, { name: 'off', active: false },
		{ name: 'umlaut', display_name: 'Jörgs Überwelt *1*' },
	],
}, async ({ discord, engine, ddc }) => {
	await engine.waitState('crashed', 'exited');
	const { overview, admin } = await panels({ discord });
	for (const message of [overview, admin]) {
		const wanted = { Webserver: ICON.running, stopped: ICON.stopped, fresh: ICON.created, nowhere: ICON.missing, crashed: ICON.failed };
		const complete = await discord.shows(message, /💚 [^\n\\]{0,40}\*\*well\*\*[^]*⚠️ [^\n\\]{0,40}\*\*unwell\*\*/);
		for (const [name, icon] of Object.entries(wanted))
			assertShows(complete, name, icon);
		assert.match(words(complete), /Exited \(3\)/, 'the exit code is told');
		assert.doesNotMatch(words(complete), /\*\*off\*\*/, 'an inactive container is not shown');
		assert.match(words(complete), /Jörgs Überwelt \\\*1\\\*/, 'a display name is shown as it is, its asterisks escaped');
	}
	assert.ok(hasComponent(admin, /ddc1:bulk:restart/) && hasComponent(admin, /ddc1:bulk:stop/), 'bulk buttons are on the admin overview');
	assert.ok(!hasComponent(overview, /ddc1:bulk/), 'and only there');
	const games = await discord.messages(GAMES);
	assert.equal(games.length, 1);
	assert.equal((await discord.messages(STATUS)).length, 1, 'one panel a channel');
	assert.equal((await ddc.health()).body.details.containers, 9);
});

scenario('post_initial off: nothing is posted by itself; /serverstatus makes it the panel', {
	channels: [{ id: STATUS, kind: 'status', post_initial: false }], containers: ['web'],
}, async ({ discord, engine }) => {
	await discord.wait({ commands: 4 });
	assert.deepEqual(await discord.messages(STATUS), []);
	const answer = await discord.run('1180000000000000203', STATUS, 'serverstatus');
	assertShows(answer.message, 'web', ICON.running);
	await engine.stopContainer('web');
	await discord.shows(answer.message, /⏹️ [^\n\\]{0,40}\*\*web\*\*|🔴 [^\n\\]{0,40}\*\*web\*\*/);
});

const LINES = Array.from({ length: 12 }, (_, n) => ({ name: `box-${n}`, run: n % 4 === 3 ? 'exit 3' : undefined }));

scenario('a start costs one message a panel and at most two edits, however the details trickle in', { containers: LINES, start: false }, async (stage) => {
	const { discord, ddc, engine } = stage;
	await engine.waitState('box-11', 'exited');
	await ddc.start();
	const { overview, admin } = await panels(stage);
	await quiet(stage, 10_000);
	for (const panel of [overview, admin]) {
		const requests = (await sent(stage, 0)).filter((e) => e.path.startsWith(`/channels/${panel.channel_id}/messages`));
		assert.equal(requests.filter((e) => e.method === 'POST').length, 1);
		const edits = requests.filter((e) => e.method === 'PATCH').length;
		assert.ok(edits <= patience(2), `${edits} edits of ${panel.channel_id}`); // slowed down, what comes together otherwise comes in pieces
	}
	assert.match(words(await discord.message(admin.id)), /\d %/, 'and the figures are there');
});
