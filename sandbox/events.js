// Server-sent events for the chat page: what a user of a real Discord client would be told.

import { describeRecord } from './control.js';
import { channelObject } from './world.js';

const KEEP_ALIVE_MS = 15_000;

const VIEWS = {
	message_create: (record) => describeRecord(record),
	message_update: (record) => describeRecord(record),
	message_delete: (record) => ({ id: record.message.id, channel_id: record.message.channel_id }),
	message_delete_bulk: (records) => records.map((r) => ({ id: r.message.id, channel_id: r.message.channel_id })),
	channel_create: channelObject, channel_update: channelObject, channel_delete: channelObject,
	typing: ({ channel, user }) => ({ channel_id: channel.id, user_id: user.id }),
	commands: (d) => d, user: (u) => u, gateway: () => ({}),
};

export function streamEvents(sandbox, { user }, response) {
	response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
	response.write(': hello\n\n');
	const send = (kind, data) => response.write(`data: ${JSON.stringify({ kind, data })}\n\n`);
	const onChange = (kind, object) => {
		if (object?.ephemeral_for && object.ephemeral_for !== user)
			return;
		if (kind === 'interaction' && object.user === user)
			send(kind, sandbox.interactions.describe(object));
		else if (kind === 'gateway')
			send(kind, { connected: [...sandbox.gateway.sessions.values()].some((s) => s.connection) });
		else if (VIEWS[kind])
			send(kind, VIEWS[kind](object));
	};
	sandbox.world.on('change', onChange);
	sandbox.streams.add(response);
	const timer = setInterval(() => response.write(': still here\n\n'), KEEP_ALIVE_MS);
	response.on('close', () => {
		clearInterval(timer);
		sandbox.world.off('change', onChange);
		sandbox.streams.delete(response);
	});
	return undefined;
}
