import "../shared/theme.css";
import "./live.css";
import { component } from "../shared/mount";
import { type Data, LiveView } from "./view";

export default component<Data>((host) => new LiveView(host));
