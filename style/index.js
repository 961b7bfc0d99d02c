import './base.css';
import './job.css';
import './notice.css';
import './problem.css';
import './state.css';
import './submit.css';
import './table.css';
import './token.css';
