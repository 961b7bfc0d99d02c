import type { Limit } from '../models/format';
import type { IErrorBody } from './request';

/** One line of a job list. Times are seconds since the epoch; null where Slurm has none. */
export interface IJobSummary {
  id: string;
  job_id: number;
  array_job_id: number | null;
  name: string;
  user: string;
  account: string;
  partition: string;
  qos: string;
  state: string;
  flags: string[];
  reason: string;
  submit_time: number | null;
  start_time: number | null;
  estimated_start: number | null;
  end_time: number | null;
  /** Seconds. */
  elapsed: number | null;
  /** Minutes. */
  time_limit: Limit;
  nodes: string;
  node_count: number | null;
  cpus: number | null;
  /** MiB over all nodes. */
  memory: number | null;
  gpus: number;
  priority: number | null;
}

/** A page of the queue. */
export interface IJobList {
  jobs: IJobSummary[];
  total: number;
  as_of: number;
  stale: boolean;
  plan: string;
  note: string;
  /** Jobs by base state, whatever the state filter. */
  counts: Record<string, number>;
}

/** One node. Memory in MiB. */
export interface INode {
  name: string;
  state: string;
  flags: string[];
  usable: boolean;
  partitions: string[];
  features: string[];
  cpus: number;
  cpus_used: number;
  memory: number;
  memory_used: number;
  gpus: number;
  gpus_used: number;
  gres: { name: string; type: string; total: number; used: number }[];
  reason: string;
  reason_user: string;
  reason_time: number | null;
}

export interface INodeList {
  nodes: INode[];
  total: number;
  as_of: number;
  stale: boolean;
  note: string;
}

/** One configured cluster, as it is now for this person. */
export interface IClusterInfo {
  name: string;
  reachable: boolean;
  error: IErrorBody | null;
  slurm_release: string | null;
  api_version: string | null;
  accounting: boolean | null;
  user: string | null;
  token_expires_at: number | null;
  plan: string;
  can_write: boolean;
}

/** What an action did to one job. */
export interface IActionResult {
  id: string;
  ok: boolean;
  message: string;
  error_number: number | null;
}
