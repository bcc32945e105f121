// 120 containers: every one can be found, in the panel by paging, in the picker by paging and by typing.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { components, hasComponent, words } from '../lib/discord.js';
import { openPicker, panels } from '../lib/people.js';
import { MAXI } from '../lib/world.js';

const MANY = Array.from({ length: 120 }, (_, n) => ({ name: `box-${String(n).padStart(3, '0')}`, start: n % 40 === 0 }));
const optionsOf = (message) => components(message).flatMap((c) => c.options ?? []).map((o) => o.value);

scenario('paging and searching through 120 containers', { containers: MANY, timeoutMs: 180_000 }, async (stage) => {
	const { discord, engine } = stage;
	const { overview } = await panels(stage);

	// the overview
	const seen = new Set();
	let page = await discord.shows(overview, /box-000/);
	const note = (message) => [...words(message).matchAll(/\*\*(box-\d+)\*\*/g)].forEach((m) => seen.add(m[1]));
	note(page);
	for (let n = 0; n < 20 && hasComponent(page, /ddc1:page:overview:\d+.*|▶️/) && seen.size < 120; n++) {
		const answer = await discord.press(MAXI, page, (c) => c.emoji?.name?.startsWith('▶') && !c.disabled);
		page = answer.message ?? await discord.message(page.id);
		note(page);
	}
	assert.equal(seen.size, 120, 'every container is on some page of the overview');

	// the picker
	const picked = new Set();
	let picker = await openPicker(stage, MAXI, overview);
	assert.ok(optionsOf(picker).length <= 25);
	for (let n = 0; n < 20; n++) {
		optionsOf(picker).forEach((v) => picked.add(v));
		const next = components(picker).find((c) => c.custom_id?.startsWith('ddc1:pickpage:') && c.emoji?.name?.startsWith('▶') && !c.disabled);
		if (!next)
			break;
		const answer = await discord.click(MAXI, picker, next.custom_id);
		picker = answer.message ?? await discord.message(picker.id);
	}
	assert.equal(picked.size, 120, 'every container can be picked');

	// search by typing
	const opened = await discord.press(MAXI, picker, /ddc1:search/);
	assert.equal(opened.outcome, 'modal');
	const field = components({ components: opened.modal.components }).find((c) => c.custom_id && c.type === 4).custom_id;
	const found = await discord.submit(MAXI, opened, { [field]: 'BOX-117' });
	const result = found.message ?? await discord.message(picker.id);
	assert.deepEqual(optionsOf(result), ['box-117']);
	const chosen = await discord.choose(MAXI, result, 'box-117');
	assert.ok(hasComponent(chosen.message, /ddc1:start:box-117/));
	await discord.press(MAXI, chosen.message, /ddc1:start:box-117/, { wait: true });
	await engine.waitState('box-117', 'running');

	const nothing = await discord.press(MAXI, chosen.message, (c) => /ddc1:(pick|search)/.test(c.custom_id)).catch(() => discord.press(MAXI, overview, /ddc1:pick/));
	assert.ok(nothing);
});
