package classroom

// ToolKeyStore holds the tool's own signing keys.
type ToolKeyStore interface{}
