using System.Globalization;
using System.Text;

namespace FaceEdge.Storage;

/// <summary>
/// The small file <c>Image.db.ids</c> beside the database: no person's id above its number was ever given. It outlives the
/// database, so that a lost or damaged database never makes ids start over: mixing two people up is the worst we can do.
/// While the daemon runs, the number is ahead of the ids given by up to a block (so that it costs one small write per
/// thousand people); a clean stop writes the exact one.
/// </summary>
internal sealed class IdMark
{
    /// <summary>Ids reserved by one write of the file. A loss of the database skips at most this many.</summary>
    public const long Block = 1000;

    private readonly string _path;

    private IdMark(string path, long value, bool isExact)
    {
        _path = path;
        Value = value;
        IsExact = isExact;
    }

    /// <summary>No id above this was ever given; 0 when nothing is known.</summary>
    public long Value { get; private set; }

    /// <summary>Whether <see cref="Value"/> itself was given (a clean stop), or is the end of a reserved block.</summary>
    public bool IsExact { get; private set; }

    /// <summary>Reads the file; a missing or unreadable one is the value 0.</summary>
    public static IdMark Read(string path, ILogger logger)
    {
        if (!File.Exists(path))
        {
            return new IdMark(path, 0, isExact: false);
        }

        string text = File.ReadAllText(path, Encoding.ASCII);
        string[] words = text.Trim().Split(' ');
        if (words is [var number, "given" or "reserved"]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long value))
        {
            return new IdMark(path, value, words[1] == "given");
        }

        logger.LogWarning("{Path} does not hold a number of ids ('{Text}'); it will be written anew.", path, text.Length > 40 ? text[..40] : text);
        return new IdMark(path, 0, isExact: false);
    }

    /// <summary>Makes sure, durably, that the mark is not below an id that is about to be given.</summary>
    /// <exception cref="IOException">The mark could not be written; the id must not be given.</exception>
    public void Cover(long id)
    {
        if (id > Value)
        {
            Write(id + Block, exact: false);
        }
    }

    /// <summary>Writes down the highest id ever given.</summary>
    public void Settle(long highestGiven)
    {
        if (highestGiven != Value || !IsExact)
        {
            Write(highestGiven, exact: true);
        }
    }

    private void Write(long value, bool exact)
    {
        PrivateFiles.WriteAtomically(_path, Encoding.ASCII.GetBytes($"{value} {(exact ? "given" : "reserved")}\n"));
        (Value, IsExact) = (value, exact);
    }
}
