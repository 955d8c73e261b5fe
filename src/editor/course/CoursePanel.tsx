import { PanelLeftClose } from 'lucide-react';
import { useState } from 'react';
import { useNarrow } from '../shell/use-narrow.ts';
import { IconButton } from '../widgets/Button.tsx';
import { course } from './course-store.ts';
import { LessonList } from './LessonList.tsx';
import { LessonText } from './LessonText.tsx';
import { useOpenLesson } from './use-lesson.ts';

/** The open lesson, or all of them. */
export function CoursePanel() {
  const lesson = useOpenLesson();
  const narrow = useNarrow();
  const [listed, setListed] = useState(false);
  const showsList = listed || !lesson;
  const close = narrow ? null : (
    <IconButton label="Hide the course" onClick={course.hide}>
      <PanelLeftClose size={16} />
    </IconButton>
  );
  return showsList ? (
    <LessonList close={close} onOpen={() => setListed(false)} />
  ) : (
    <LessonText key={lesson.id} lesson={lesson} close={close} onList={() => setListed(true)} />
  );
}
