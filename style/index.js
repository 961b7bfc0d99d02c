import './base.css';
import './state.css';
