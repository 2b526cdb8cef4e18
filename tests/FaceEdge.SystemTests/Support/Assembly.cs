// The daemon, its signals and its /proc are Linux; so are its tests.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
