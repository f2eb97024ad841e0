/** A server at the address that the code under test takes for its own (`--location`). Notes what it is asked. */
export function served(answer) {
	const asked = []
	const {hostname, port} = location
	const server = Deno.serve({hostname, port: Number(port), onListen() {}}, (request) => {
		asked.push(request.url)
		return answer(request)
	})
	return {asked, [Symbol.asyncDispose]: () => server.shutdown()}
}
