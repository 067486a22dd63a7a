import "./deps.ts";
