// The sandbox's control API, as the page uses it.

export class ApiError extends Error {}

export async function api(method, path, body) {
	const response = await fetch(`/sandbox${path}`, { method, body: body && JSON.stringify(body) });
	const answer = await response.json();
	if (!response.ok)
		throw new ApiError(answer.error ?? response.statusText);
	return answer;
}

/** Live events for this user; `onEvent(kind, data)`, `onState(alive)`. Gives a function that ends it. */
export function follow(user, onEvent, onState) {
	const source = new EventSource(`/sandbox/events?user=${user}`);
	source.onopen = () => onState(true);
	source.onerror = () => onState(false);
	source.onmessage = (event) => {
		const { kind, data } = JSON.parse(event.data);
		onEvent(kind, data);
	};
	return () => source.close();
}
