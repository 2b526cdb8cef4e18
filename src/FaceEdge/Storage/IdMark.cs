using System.Globalization;
using System.Text;

namespace FaceEdge.Storage;

/// <summary>
/// The small file <c>Image.db.ids</c> beside the database: no person's id above its number was ever given. It outlives the
/// database, so that a lost, damaged or older database never makes ids start over: mixing two people up is the worst we can do.
/// Its first line is durable and ahead of the ids given by up to a block (so that it costs one small write per thousand people).
/// Its second line is the highest id given, rewritten in place after each commit without waiting for the disk: exact after a kill,
/// perhaps behind after a power cut.
/// </summary>
internal sealed class IdMark
{
    /// <summary>Ids reserved by one durable write of the file. A loss of the database skips at most this many.</summary>
    public const long Block = 1000;

    /// <summary>A line's length: 19 digits hold every id; the width is fixed so that a line can be rewritten in place.</summary>
    private const int LineBytes = 19 + 1 + 8 + 1;

    private readonly string _path;

    private IdMark(string path, long reserved, long given)
    {
        _path = path;
        Value = reserved;
        Given = given;
    }

    /// <summary>No id above this was ever given; 0 when nothing is known.</summary>
    public long Value { get; private set; }

    /// <summary>An id that was given, the highest one unless a power cut came just before; 0 when nothing is known.</summary>
    public long Given { get; private set; }

    /// <summary>Reads the file; a missing or unreadable one is the value 0.</summary>
    public static IdMark Read(string path, ILogger logger)
    {
        if (!File.Exists(path))
        {
            return new IdMark(path, 0, 0);
        }

        string text = File.ReadAllText(path, Encoding.ASCII);
        string[] lines = text.Split('\n');
        if (TryParse(lines[0], "reserved", out long reserved))
        {
            // A second line that can not be read is only less exact.
            _ = TryParse(lines.Length > 1 ? lines[1] : "", "given", out long given);
            return new IdMark(path, reserved, Math.Min(given, reserved));
        }

        logger.LogWarning("{Path} does not hold a number of ids ('{Text}'); it will be written anew.", path, text.Length > 40 ? text[..40] : text);
        return new IdMark(path, 0, 0);
    }

    /// <summary>Makes sure, durably, that the mark is not below an id that is about to be given.</summary>
    /// <exception cref="IOException">The mark could not be written; the id must not be given.</exception>
    public void Cover(long id)
    {
        if (id > Value)
        {
            Write(id + Block, Given);
        }
    }

    /// <summary>Notes that ids up to this one have been given. Best effort: the database has them already.</summary>
    public void Note(long highestGiven, ILogger logger)
    {
        if (highestGiven <= Given)
        {
            return;
        }

        Given = highestGiven;
        try
        {
            using var file = File.OpenHandle(_path, FileMode.Open, FileAccess.Write, FileShare.Read);
            RandomAccess.Write(file, Line(highestGiven, "given"), LineBytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("{Path} could not be brought up to date: {Reason}", _path, e.Message);
        }
    }

    /// <summary>Writes down, durably, the highest id ever given.</summary>
    public void Settle(long highestGiven)
    {
        if (highestGiven != Value || highestGiven != Given)
        {
            Write(highestGiven, highestGiven);
        }
    }

    private static bool TryParse(string line, string word, out long value)
    {
        value = 0;
        return line.TrimEnd().Split(' ') is [var number, var found] && found == word
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }

    private static byte[] Line(long value, string word) => Encoding.ASCII.GetBytes($"{value:D19} {word,-8}\n");

    private void Write(long reserved, long given)
    {
        PrivateFiles.WriteAtomically(_path, [.. Line(reserved, "reserved"), .. Line(given, "given")]);
        (Value, Given) = (reserved, given);
    }
}
