// Makes `import App from "./App.svelte"` known to the type checker of the workspace; svelte-check looks inside.
/// <reference types="svelte" />
