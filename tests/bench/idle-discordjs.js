// The peer: the smallest bot that discord.js makes, logged in, idle unless a command is typed. node idle-discordjs.js API TOKEN

import { Client, Events, GatewayIntentBits, MessageFlags } from 'discord.js';

const [api, token] = process.argv.slice(2);
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api } });
client.on('error', () => {});
client.on(Events.InteractionCreate, (i) => i.reply({ content: 'here', flags: MessageFlags.Ephemeral }).catch(() => {}));
client.once(Events.ClientReady, async () => {
	await client.application.commands.set([{ name: 'help', description: 'Help' }], client.guilds.cache.first().id);
	console.log('ready');
});
await client.login(token);
