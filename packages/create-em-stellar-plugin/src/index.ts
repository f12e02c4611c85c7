export { type Content, kindNames, neededPackages, type PluginParts, packageName, pluginFiles } from "./plugin-files.js";
