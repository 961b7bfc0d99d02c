import './base.css';
import './notice.css';
import './state.css';
import './table.css';
