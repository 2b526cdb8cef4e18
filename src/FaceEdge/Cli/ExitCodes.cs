namespace FaceEdge.Cli;

/// <summary>What the process ends with; the numbers are those of sysexits.h.</summary>
internal static class ExitCodes
{
    /// <summary>All is well.</summary>
    public const int Ok = 0;

    /// <summary>
    /// <c>doctor</c>: something does not work. <c>import</c>: rows were left out. <c>reencode</c>: people would be left behind. <c>verify</c>: it is not whole.
    /// </summary>
    public const int Failed = 1;

    /// <summary>EX_USAGE: a command, an option or an argument that there is not, or one that is missing.</summary>
    public const int Usage = 64;

    /// <summary>EX_DATAERR: the database to import from can not be used, or its ids are others' here.</summary>
    public const int Source = 65;

    /// <summary>EX_NOINPUT: a folder or file to be evaluated is missing, empty or not what it should be.</summary>
    public const int NoInput = 66;

    /// <summary>EX_UNAVAILABLE: the address to listen on is taken or not ours.</summary>
    public const int Unavailable = 69;

    /// <summary>EX_SOFTWARE: a defect of ours.</summary>
    public const int Defect = 70;

    /// <summary>EX_OSFILE: a model or a native library is missing or damaged.</summary>
    public const int Models = 72;

    /// <summary>EX_IOERR: the database, or another file, can not be used.</summary>
    public const int Storage = 74;

    /// <summary>EX_CONFIG: a setting is wrong.</summary>
    public const int Configuration = 78;

    /// <summary>Ctrl-C, as a shell tells it.</summary>
    public const int Interrupted = 130;
}
