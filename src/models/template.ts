/** What an empty submit form begins with. */
export const SCRIPT_TEMPLATE = `#!/bin/bash
#SBATCH --job-name=my-job
#SBATCH --time=00:10:00

echo "Running on $(hostname)"
`;
