// The table of routes. Each: method, path, bucket (rate limit; counted per channel or guild of the path),
// spec (operation in the OpenAPI document), schema (its request), handler(call) -> {status, body, afterwards?}.
// call: sandbox, params, url, body, files, origin, entry.

import * as identity from './identity.js';
import * as guilds from './guilds.js';
import * as messages from './messages.js';
import * as commands from './commands.js';
import * as interactions from './interactions.js';
import * as webhooks from './webhooks.js';
import { forSchema } from '../forms/command.js';

// Order matters: "@original" is a message_id like any other here; the handler tells them apart.
const perWebhook = (params) => ['webhook_message', `${params.application_id}/${params.token}`];
const perInteraction = (params) => ['interaction_callback', params.token];
const bulk = (json) => (Array.isArray(json) ? json.map(forSchema) : json);

const APP = '/applications/{application_id}';
const GUILD_APP = `${APP}/guilds/{guild_id}`;
const HOOK = '/webhooks/{webhook_id}/{webhook_token}';
const CHANNEL = '/channels/{channel_id}';
const MESSAGE = `${CHANNEL}/messages/{message_id}`;

const commandRoutes = (path, spec) => [
	{ method: 'GET', path: `${path}/commands`, bucket: 'commands', spec: ['get', `${spec}/commands`], handler: commands.list },
	{ method: 'PUT', path: `${path}/commands`, bucket: 'commands', spec: ['put', `${spec}/commands`], schema: 'put /applications/{application_id}/commands', prepare: bulk, handler: commands.replaceAll },
	{ method: 'POST', path: `${path}/commands`, bucket: 'commands', spec: ['post', `${spec}/commands`], schema: 'ApplicationCommandCreateRequest', prepare: forSchema, handler: commands.create },
	{ method: 'GET', path: `${path}/commands/:command_id`, bucket: 'commands', spec: ['get', `${spec}/commands/{command_id}`], handler: commands.get },
	{ method: 'PATCH', path: `${path}/commands/:command_id`, bucket: 'commands', spec: ['patch', `${spec}/commands/{command_id}`], schema: 'ApplicationCommandPatchRequestPartial', prepare: forSchema, handler: commands.edit },
	{ method: 'DELETE', path: `${path}/commands/:command_id`, bucket: 'commands', spec: ['delete', `${spec}/commands/{command_id}`], handler: commands.remove },
];

export const routes = [
	{ method: 'GET', path: '/gateway', auth: false, bucket: 'gateway_public', spec: ['get', '/gateway'], handler: identity.gateway },
	{ method: 'GET', path: '/gateway/bot', bucket: 'gateway', spec: ['get', '/gateway/bot'], handler: identity.gatewayBot },
	{ method: 'GET', path: '/users/@me', bucket: 'identity', spec: ['get', '/users/@me'], handler: identity.me },
	{ method: 'GET', path: '/users/@me/guilds', bucket: 'identity', spec: ['get', '/users/@me/guilds'], handler: identity.myGuilds },
	{ method: 'GET', path: '/users/:user_id', bucket: 'identity', spec: ['get', '/users/{user_id}'], handler: identity.user },
	{ method: 'GET', path: '/applications/@me', bucket: 'identity', spec: ['get', '/applications/@me'], handler: identity.application },
	{ method: 'GET', path: '/oauth2/applications/@me', bucket: 'identity', spec: ['get', '/oauth2/applications/@me'], handler: identity.application },

	{ method: 'GET', path: '/guilds/:guild_id', bucket: 'guild_get', spec: ['get', '/guilds/{guild_id}'], handler: guilds.getGuild },
	{ method: 'GET', path: '/guilds/:guild_id/channels', bucket: 'guild_get', spec: ['get', '/guilds/{guild_id}/channels'], handler: guilds.getChannels },
	{ method: 'GET', path: '/guilds/:guild_id/roles', bucket: 'guild_get', spec: ['get', '/guilds/{guild_id}/roles'], handler: guilds.getRoles },
	{ method: 'GET', path: '/guilds/:guild_id/members/:user_id', bucket: 'guild_get', spec: ['get', '/guilds/{guild_id}/members/{user_id}'], handler: guilds.getMember },
	{ method: 'PATCH', path: '/channels/:channel_id', bucket: 'channel_patch', spec: ['patch', CHANNEL], handler: guilds.patchChannel },
	{ method: 'GET', path: '/channels/:channel_id', bucket: 'channel_get', spec: ['get', CHANNEL], handler: guilds.getChannel },

	{ method: 'GET', path: '/channels/:channel_id/messages', bucket: 'message_get', spec: ['get', `${CHANNEL}/messages`], handler: messages.list },
	{ method: 'POST', path: '/channels/:channel_id/messages', bucket: 'message_create', spec: ['post', `${CHANNEL}/messages`], schema: 'MessageCreateRequest', handler: messages.create },
	{ method: 'POST', path: '/channels/:channel_id/messages/bulk-delete', bucket: 'message_bulk_delete', spec: ['post', `${CHANNEL}/messages/bulk-delete`], schema: `post ${CHANNEL}/messages/bulk-delete`, handler: messages.bulkDelete },
	{ method: 'GET', path: '/channels/:channel_id/messages/:message_id', bucket: 'message_get', spec: ['get', MESSAGE], handler: messages.get },
	{ method: 'PATCH', path: '/channels/:channel_id/messages/:message_id', bucket: 'message_edit', spec: ['patch', MESSAGE], schema: 'MessageEditRequestPartial', handler: messages.edit },
	{ method: 'DELETE', path: '/channels/:channel_id/messages/:message_id', bucket: 'message_delete', spec: ['delete', MESSAGE], handler: messages.remove },
	{ method: 'POST', path: '/channels/:channel_id/typing', bucket: 'message_create', spec: ['post', `${CHANNEL}/typing`], handler: messages.typing },

	...commandRoutes('/applications/:application_id', APP),
	...commandRoutes('/applications/:application_id/guilds/:guild_id', GUILD_APP),

	{ method: 'POST', path: '/interactions/:interaction_id/:token/callback', auth: false, bucket: perInteraction,
		spec: ['post', '/interactions/{interaction_id}/{interaction_token}/callback'], schema: interactions.schemaOf, handler: interactions.callback },
	{ method: 'POST', path: '/webhooks/:application_id/:token', auth: false, bucket: perWebhook, spec: ['post', HOOK], schema: 'IncomingWebhookRequestPartial', handler: webhooks.followUp },
	{ method: 'GET', path: '/webhooks/:application_id/:token/messages/:message_id', auth: false, bucket: perWebhook, spec: ['get', `${HOOK}/messages/{message_id}`], handler: webhooks.get },
	{ method: 'PATCH', path: '/webhooks/:application_id/:token/messages/:message_id', auth: false, bucket: perWebhook, spec: ['patch', `${HOOK}/messages/{message_id}`], schema: 'IncomingWebhookUpdateRequestPartial', handler: webhooks.edit },
	{ method: 'DELETE', path: '/webhooks/:application_id/:token/messages/:message_id', auth: false, bucket: perWebhook, spec: ['delete', `${HOOK}/messages/{message_id}`], handler: webhooks.remove },
];
