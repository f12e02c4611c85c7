import { bugsAreThere } from "./tfjs-bugs.js";

bugsAreThere("");
