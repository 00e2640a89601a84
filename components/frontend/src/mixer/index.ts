import "../shared/theme.css";
import "./mixer.css";
import { component } from "../shared/mount";
import type { MixerData } from "./types";
import { MixerView } from "./view";

export default component<MixerData>((host) => new MixerView(host));
