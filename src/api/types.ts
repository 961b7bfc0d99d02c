import type { components } from './schema';

type Schemas = components['schemas'];

/** Whose jobs: the user's own, or everybody's. */
export type Scope = 'mine' | 'all';

export type IAccount = Schemas['Account'];
export type IActionResult = Schemas['ActionResult'];
export type IAssociation = Schemas['Association'];
export type IClusterInfo = Schemas['ClusterInfo'];
export type IClusterList = Schemas['ClusterList'];
export type IExitCode = Schemas['ExitCode'];
export type IHistoryList = Schemas['HistoryList'];
export type IJob = Schemas['Job'];
export type IJobUpdate = Schemas['JobUpdate'];
export type IJobList = Schemas['JobList'];
export type IJobSummary = Schemas['JobSummary'];
export type IJobTransition = Schemas['JobTransition'];
export type INode = Schemas['Node'];
export type INodeList = Schemas['NodeList'];
export type IOutputChunk = Schemas['OutputChunk'];
export type IQos = Schemas['Qos'];
export type IScriptResponse = Schemas['ScriptResponse'];
export type IScriptProblem = Schemas['ScriptProblem'];
export type IShare = Schemas['Share'];
export type IStep = Schemas['Step'];
export type ISubmitted = Schemas['Submitted'];
export type ITransitionList = Schemas['TransitionList'];
export type ITres = Schemas['Tres'];
