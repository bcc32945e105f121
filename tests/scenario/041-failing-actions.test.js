// An action that fails says why, in the engine's own words.

import assert from 'node:assert/strict';
import http from 'node:http';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { ICON, openControlPanel, panels } from '../lib/people.js';
import { MAXI } from '../lib/world.js';

scenario('the port is in use, or the command does not exist: the reason is told, the panels show what is', {
	engine: { network: true },
	containers: [
		{ name: 'port', start: false, docker: { ExposedPorts: { '80/tcp': {} }, HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '18099' }] } } } },
		{ name: 'nocommand', start: false, docker: { cmd: ['/does/not/exist'] } },
	],
}, async (stage) => {
	const { discord, engine } = stage;
	const server = http.createServer().listen(18099, '127.0.0.1');
	stage.defer(() => server.close());
	const { admin } = await panels(stage);
	for (const [name, reason] of [['port', /18099[^]*(in use|already allocated)|address already in use/], ['nocommand', /\/does\/not\/exist[^]*no such file|no such file[^]*\/does\/not\/exist/]]) {
		const mine = await openControlPanel(stage, MAXI, admin, name);
		const answer = await discord.press(MAXI, mine, new RegExp(`ddc1:start:${name}`));
		const told = await discord.wait({ channel: mine.channel_id, user: MAXI, by_bot: true, text: reason.source }, { timeoutMs: 15_000 });
		assert.ok(told.messages.length, `${name}: ${words(answer.message ?? mine)}`);
		assert.notEqual((await engine.state(name)).Status, 'running');
	}
});

scenario('the container is gone when the button is pressed', { containers: ['web'] }, async (stage) => {
	const { discord, engine } = stage;
	const { admin } = await panels(stage);
	const mine = await openControlPanel(stage, MAXI, admin, 'web');
	await engine.remove('web');
	await discord.shows(admin, new RegExp(`${ICON.missing} [^\\n\\\\]{0,40}\\*\\*web`));
	const answer = await discord.click(MAXI, mine, 'ddc1:restart:web', { force: true });
	const told = await discord.message(answer.message?.id ?? mine.id);
	assert.match(words(told), /[Nn]o such container|[Nn]ot found|does not (exist|have)/);
});

scenario('a container that ends as soon as it is started is not called running', { containers: [{ name: 'brief', run: 'exit 5' }] }, async (stage) => {
	const { discord, engine } = stage;
	await engine.waitState('brief', 'exited');
	const { admin } = await panels(stage);
	const mine = await openControlPanel(stage, MAXI, admin, 'brief');
	const answer = await discord.press(MAXI, mine, /ddc1:start:brief/);
	assert.ok(answer);
	await discord.shows(mine, /Exited \(5\)/);
	await discord.shows(admin, /Exited \(5\)/);
});
