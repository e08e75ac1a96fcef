// For the type checker of the workspace, which knows no `.svelte` files; svelte-check looks inside them.
/// <reference types="svelte" />
