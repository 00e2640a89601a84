import "../shared/theme.css";
import "./runs.css";
import "./table/table.css";
import { component } from "../shared/mount";
import type { RunsData } from "./types";
import { RunsView } from "./view";

export default component<RunsData>((host) => new RunsView(host));
