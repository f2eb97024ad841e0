import { ApiError, problem } from "./api.js";

/**
 * Tells how much has gone out, which `fetch` cannot. Resolves to the answer's text.
 * @param {string} method @param {string} path @param {Blob} file
 * @param {UploadOptions} [options] @returns {Promise<string>}
 */
export function upload(method, path, file, { headers = {}, signal, sent } = {}) {
	return new Promise((resolve, reject) => {
		const request = new XMLHttpRequest();
		request.open(method, path);
		for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
		request.upload.onprogress = (event) => sent?.(event.loaded, file.size);
		request.onload = () => {
			if (request.status < 300) resolve(request.responseText);
			else reject(problem(request.status, request.responseText));
		};
		request.onerror = () => reject(new ApiError(0, "unreachable", "The connection broke off while uploading."));
		request.onabort = () => reject(new DOMException("Cancelled", "AbortError"));
		signal?.addEventListener("abort", () => request.abort());
		request.send(file);
	});
}
