// What the modules under test name while they are loaded, and Deno has not. Import it before them.
globalThis.HTMLElement ??= class {}
