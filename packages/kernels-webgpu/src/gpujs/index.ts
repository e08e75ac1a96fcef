// Reserved for the gpu.js fallback; see the README of this package.
export {};
