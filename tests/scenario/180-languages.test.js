// Private replies are in the reader's own language, panels in the configured one; nothing is mixed.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { words } from '../lib/discord.js';
import { openControlPanel, panels } from '../lib/people.js';
import { ADA, GRACE, JOERG, STATUS } from '../lib/world.js';

scenario('Jörg reads German, Grace French, Ada English; the German panel is German for all', { containers: [{ name: 'web', start: false }], config: { language: 'de' } }, async (stage) => {
	const { discord } = stage;
	const { overview, admin } = await panels(stage);
	assert.match(words(await discord.shows(overview, /web/)), /Nie gestartet|gestartet/i);
	assert.doesNotMatch(words(overview), /Never started|Running/);
	const de = await openControlPanel(stage, JOERG, admin, 'web');
	assert.doesNotMatch(words(de), /Never started|Start\b(?!en)/);
	const fr = await openControlPanel(stage, GRACE, admin, 'web');
	assert.match(words(fr), /[Jj]amais|démarr/i);
	const en = await openControlPanel(stage, ADA, admin, 'web');
	assert.match(words(en), /Never started/);
	const refused = await discord.press(ADA, overview, /ddc1:pick/);
	assert.match(words(refused.message), /admins/);
	assert.equal((await discord.messages(STATUS)).length, 1);
});
