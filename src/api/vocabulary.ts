import type { components } from './schema';

type Schemas = components['schemas'];

export type IActionResult = Schemas['ActionResult'];
export type IEfficiency = Schemas['Efficiency'];
export type IExitCode = Schemas['ExitCode'];
export type IJob = Schemas['Job'];
export type IJobChange = Schemas['JobChange'];
export type IOutputChunk = Schemas['OutputChunk'];
export type IReason = Schemas['Reason'];
export type IScriptAnswer = Schemas['ScriptAnswer'];
export type IStep = Schemas['Step'];
export type ISubmitted = Schemas['Submitted'];
export type ITres = Schemas['Tres'];
