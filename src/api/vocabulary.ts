import type { Limit } from '../models/format';

export interface ITres {
  cpus: number | null;
  memory: number | null;
  nodes: number | null;
  gpus: number;
  gpu_types: Record<string, number>;
  other: Record<string, number>;
}

export interface IExitCode {
  code: number;
  signal: number;
  signal_name: string;
}

export interface IStep {
  id: string;
  name: string;
  state: string;
  start_time: number | null;
  end_time: number | null;
  elapsed: number | null;
  exit_code: IExitCode | null;
  nodes: string;
  node_count: number | null;
  tasks: number | null;
  cpus: number | null;
  cpu_time: number | null;
  max_rss: number | null;
  tres: ITres | null;
}

export interface IEfficiency {
  cpu: number | null;
  memory: number | null;
  gpu: number | null;
  time: number | null;
  cpu_used: number | null;
  cpu_allocated: number | null;
  memory_used: number | null;
  memory_allocated: number | null;
}

export interface IReason {
  code: string;
  text: string;
  advice: string;
}

export interface IJob {
  id: string;
  job_id: number;
  array_job_id: number | null;
  array_task_id: number | null;
  array_tasks: string | null;
  name: string;
  user: string;
  account: string;
  partition: string;
  qos: string;
  state: string;
  flags: string[];
  reason: string;
  submit_time: number | null;
  eligible_time: number | null;
  start_time: number | null;
  estimated_start: number | null;
  end_time: number | null;
  elapsed: number | null;
  time_limit: Limit;
  nodes: string;
  node_count: number | null;
  cpus: number | null;
  memory: number | null;
  gpus: number;
  priority: number | null;
  exit_code: IExitCode | null;
  cluster: string;
  group: string;
  why: IReason | null;
  held_by: 'user' | 'admin' | null;
  comment: string;
  admin_comment: string;
  extra: string;
  working_directory: string;
  command: string;
  submit_line: string;
  script: string | null;
  stdin: string;
  stdout: string;
  stderr: string;
  dependency: string;
  constraints: string;
  reservation: string;
  licenses: string;
  excluded_nodes: string;
  required_nodes: string;
  scheduled_nodes: string;
  batch_host: string;
  requested: ITres | null;
  allocated: ITres | null;
  tasks: number | null;
  cpus_per_task: number | null;
  nice: number | null;
  requeue: boolean | null;
  restarts: number | null;
  shared: string;
  time_minimum: Limit;
  deadline: number | null;
  suspended: number | null;
  derived_exit_code: IExitCode | null;
  mail_user: string;
  mail_type: string[];
  steps: IStep[];
  efficiency: IEfficiency | null;
  sources: string[];
}

export interface IActionResult {
  id: string;
  ok: boolean;
  message: string;
  error_number: number | null;
}

export interface ISubmitted {
  job_id: number;
  job_ids: number[];
  warnings: string[];
  recovered: boolean;
}
