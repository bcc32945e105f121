// Overviews under headings: by compose project or by the owner's own groups, only where that tells something apart.

import assert from 'node:assert/strict';
import { scenario } from '../lib/stage.js';
import { writeJson } from '../lib/config.js';
import { panels } from '../lib/people.js';

const of = (project) => ({ Labels: { 'com.docker.compose.project': project } });
const CONTAINERS = [
	{ name: 'proxy', display_name: 'Proxy' }, { name: 'sonarr', docker: of('media') }, { name: 'wiki', docker: of('**wiki** @everyone') },
	{ name: 'wiki-db', docker: of('**wiki** @everyone') }, { name: 'radarr', docker: of('media') }, { name: 'lonely', docker: of('alone') },
];
const description = (message) => message.embeds[0].description;
/** The names with the headings between them, in order. */
const outline = (message) => [...description(message).matchAll(/^-# (.+)$|\*\*([\w-]+)\*\*/gm)].map(([, heading, name]) => (heading ? `[${heading}]` : name)).join(' ');

scenario('who moves here from the original sees one list, in the order of the settings', { containers: CONTAINERS }, async ({ discord }) => {
	const { overview } = await panels({ discord });
	assert.equal(outline(await discord.shows(overview, /6 running/)), 'Proxy sonarr wiki wiki-db radarr lonely');
});

scenario('by compose project: names as they are, a group where its first container would stand, the rest last; changes move nothing', {
	containers: CONTAINERS, env: { DDC_PANEL_GROUPS: 'project' },
}, async ({ discord, engine }) => {
	const { overview, admin } = await panels({ discord });
	const wanted = '[media] sonarr radarr [\\*\\*wiki\\*\\* \\@everyone] wiki wiki-db [Others] Proxy lonely';
	for (const panel of [overview, admin])
		assert.equal(outline(await discord.shows(panel, /6 running/)), wanted);
	await engine.stopContainer('sonarr');
	assert.equal(outline(await discord.shows(overview, /1 (stopped|failed)/)), wanted);
});

scenario('by own groups as soon as there are some, without a restart', { containers: CONTAINERS }, async ({ discord, folder }) => {
	const { overview } = await panels({ discord });
	await discord.shows(overview, /6 running/);
	writeJson(`${folder.config}/ddc_rights.json`, { groups: { 'משחקים-🎮': ['lonely', 'wi*'] } });
	const grouped = await discord.shows(overview, /-# /);
	assert.equal(outline(grouped), '[\u2068משחקים-🎮\u2069] wiki wiki-db lonely [Others] Proxy sonarr radarr');
});
